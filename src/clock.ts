/**
 * Milliseconds on a clock that never goes back. What `performance.now()` says, which would load
 * eleven modules of Node into a function's cold start.
 */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
