/** The clocks, as they were when this package was loaded: tests and handlers replace `Date`. */

const { now } = Date;
const { hrtime } = process;

/**
 * Milliseconds on a clock that never goes back. What `performance.now()` says, which would load
 * eleven modules of Node into a function's cold start.
 */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** Epoch milliseconds. */
export const wallClockMs: () => number = now;
