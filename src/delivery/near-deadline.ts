/** Notices that a run is still going on shortly before Lambda ends it. */

// Enough for loading the client, reading the key and one request; a tenth of a short timeout, so
// that a run which is merely slow is not reported twice.
const longestMarginMs = 1_000;
const shortestMarginMs = 300;

/**
 * How long after now the end is near, in milliseconds.
 *
 * @param remainingMs - until Lambda ends the invocation
 */
export function nearDeadlineMs(remainingMs: number): number {
  const tenth = remainingMs / 10;
  const margin = Math.min(longestMarginMs, Math.max(shortestMarginMs, tenth), remainingMs / 2);
  return remainingMs - margin;
}

/**
 * Calls back once when the end is near.
 *
 * @param remainingMs - undefined where nobody says: then it never does
 * @returns takes it back, which has to be done when the run ends: the timer would otherwise fire
 *   after a freeze, into another invocation
 */
export function watchDeadline(remainingMs: number | undefined, isNear: () => void): () => void {
  if (remainingMs === undefined || remainingMs <= 0) return () => undefined;
  const timer = setTimeout(isNear, nearDeadlineMs(remainingMs));
  // A handler that waits for nothing any more ends the process; it would not with this timer.
  timer.unref();
  return () => clearTimeout(timer);
}
