/** Keeps requests below a rate. */

/** Runs a request as soon as the rate allows one more. */
export type Pace = <T>(request: () => Promise<T>) => Promise<T>;

/** Settings of a {@link Pace}. */
export interface PaceOptions {
  /** Requests in any minute; 0: as many as there are. */
  readonly perMinute: number;
  /** Monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

const windowMs = 60_000;

/** Lets requests pass that are made one after the other. */
export function createPace({ perMinute, now, sleep }: PaceOptions): Pace {
  if (perMinute === 0) return (request) => request();
  const endedAt: number[] = [];
  return async (request) => {
    const nthLast = endedAt.length < perMinute ? undefined : endedAt.shift();
    if (nthLast !== undefined) {
      // Again, because a timer may fire a little early.
      for (let ms = nthLast + windowMs - now(); ms > 0; ms = nthLast + windowMs - now()) {
        await sleep(ms);
      }
    }
    try {
      return await request();
    } finally {
      // Its end, not its start: the platform counts at its arrival, which lies between.
      endedAt.push(now());
    }
  };
}
