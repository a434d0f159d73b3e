// Enough for a request, and for loading the client where that was not done before; a tenth of a
// short timeout, so that a run which is merely slow is not reported twice.
const longestMs = 1_000;
const shortestMs = 300;

/**
 * How long before its deadline a run that is still going on is reported as timed out, in
 * milliseconds.
 *
 * @param remainingMs - until Lambda ends the invocation, when the run begins
 */
export function timeoutMarginMs(remainingMs: number): number {
  return Math.min(longestMs, Math.max(shortestMs, remainingMs / 10), remainingMs / 2);
}
