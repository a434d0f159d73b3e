export type RateDecision =
  | { readonly kind: 'granted' }
  | { readonly kind: 'refused'; readonly retryAfterSeconds: number };

export interface RateLimitOptions {
  /** Maximum requests in any 60 seconds; undefined for no limit. */
  readonly perMinute: number | undefined;
  /**
   * Monotonic clock in milliseconds.
   * @default performance.now
   */
  readonly now?: () => number;
}

const windowMs = 60_000;

/** Counts requests in a sliding window. Limited requests are not counted. */
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
    // Rounded up because a client that retries too early is limited again.
    return { kind: 'refused', retryAfterSeconds: Math.ceil((oldest + windowMs - time) / 1000) };
  };
}
