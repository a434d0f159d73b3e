/** Limits the rate of sequential requests. */

/** Runs a request as soon as the rate allows another one. */
export type RateLimiter = <T>(request: () => Promise<T>) => Promise<T>;

export interface RateLimiterOptions {
  /** Maximum requests in any minute; 0 for no limit. */
  readonly perMinute: number;
  /** Monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

const windowMs = 60_000;

export function createRateLimiter({ perMinute, now, sleep }: RateLimiterOptions): RateLimiter {
  if (perMinute === 0) return (request) => request();
  const endedAt: number[] = [];
  return async (request) => {
    const oldest = endedAt.length < perMinute ? undefined : endedAt.shift();
    if (oldest !== undefined) {
      // Checked again after each sleep because timers can fire slightly early.
      for (let ms = oldest + windowMs - now(); ms > 0; ms = oldest + windowMs - now()) {
        await sleep(ms);
      }
    }
    try {
      return await request();
    } finally {
      // The platform counts a request on arrival, which is not later than its end.
      endedAt.push(now());
    }
  };
}
