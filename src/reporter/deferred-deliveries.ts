/**
 * Deliveries for which an invocation had too little time: on a small function, loading the report
 * builder takes longer than a late response leaves. The next delivery makes them.
 */

/** @param timeMs - for all of it */
export type PostponedDelivery = (timeMs: number) => Promise<void>;

export interface PostponedDeliveries {
  readonly isFull: () => boolean;
  readonly add: (delivery: PostponedDelivery) => void;
  /** Removes and returns all of them. */
  readonly take: () => readonly PostponedDelivery[];
}

// Each holds the event and the response of its handler.
const most = 8;

/** @param onAdded - called when there is something to do at the end of the environment */
export function createPostponedDeliveries(onAdded: () => void): PostponedDeliveries {
  const postponed: PostponedDelivery[] = [];
  return {
    isFull: () => postponed.length >= most,
    add(delivery) {
      postponed.push(delivery);
      onAdded();
    },
    take: () => postponed.splice(0),
  };
}
