/** The clocks at the time this package was loaded: tests and handlers may replace `Date`. */

const { now } = Date;
const { hrtime } = process;

/**
 * Milliseconds on a monotonic clock, as `performance.now()` returns them. Using `performance` would
 * load eleven modules of Node.js during the cold start.
 */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** Epoch milliseconds. */
export const wallClockMs: () => number = now;
