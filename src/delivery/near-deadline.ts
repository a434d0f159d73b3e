// Enough for a request, and for loading the client where that was not done before; a tenth of a
// short timeout, so that a run which is merely slow is not reported twice.
const longestMarginMs = 1_000;
const shortestMarginMs = 300;

/**
 * When a run that is still going on is reported as timed out, in milliseconds from now.
 *
 * @param remainingMs - until Lambda ends the invocation
 */
export function nearDeadlineMs(remainingMs: number): number {
  const tenth = remainingMs / 10;
  const margin = Math.min(longestMarginMs, Math.max(shortestMarginMs, tenth), remainingMs / 2);
  return remainingMs - margin;
}
