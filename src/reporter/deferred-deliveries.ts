/**
 * Deliveries for which an invocation had too little time: on a small function loading what makes a
 * report takes longer than a late response leaves. The next delivery makes them.
 */

/** @param timeMs - for all of it */
export type PostponedDelivery = (timeMs: number) => Promise<void>;

export interface PostponedDeliveries {
  readonly isFull: () => boolean;
  readonly add: (delivery: PostponedDelivery) => void;
  /** Takes all of them away. */
  readonly take: () => readonly PostponedDelivery[];
}

// Each holds what its handler was asked and has answered.
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
