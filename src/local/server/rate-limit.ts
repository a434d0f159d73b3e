/** Whether one more call may pass. */
export type RateDecision =
  | { readonly kind: 'granted' }
  | { readonly kind: 'refused'; readonly retryAfterSeconds: number };

/** Settings of a rate limit. */
export interface RateLimitOptions {
  /** Calls in any window of 60 seconds; undefined: no limit. */
  readonly perMinute: number | undefined;
  /**
   * Monotonic clock in milliseconds.
   * @default performance.now
   */
  readonly now?: () => number;
}

const windowMs = 60_000;

/** Counts calls in a sliding window. A refused call is not counted. */
export function createRateLimit(options: RateLimitOptions): () => RateDecision {
  const { perMinute, now = () => performance.now() } = options;
  if (perMinute === undefined) {
    return () => ({ kind: 'granted' });
  }
  const grantedAt: number[] = [];
  return () => {
    const time = now();
    while (grantedAt[0] !== undefined && grantedAt[0] <= time - windowMs) {
      grantedAt.shift();
    }
    const oldest = grantedAt[0];
    if (oldest === undefined || grantedAt.length < perMinute) {
      grantedAt.push(time);
      return { kind: 'granted' };
    }
    // Rounded up, because a client that comes too early is refused again.
    return { kind: 'refused', retryAfterSeconds: Math.ceil((oldest + windowMs - time) / 1000) };
  };
}
