// Enough for a request, and for loading the HTTP client if necessary. For a short timeout it is a
// tenth, so that a task that is merely slow is not reported twice.
const longestMs = 1_000;
const shortestMs = 300;

/**
 * How long before its deadline a task that is still running is reported as timed out, in
 * milliseconds.
 *
 * @param remainingMs - time until Lambda ends the invocation when the task begins
 */
export function timeoutMarginMs(remainingMs: number): number {
  return Math.min(longestMs, Math.max(shortestMs, remainingMs / 10), remainingMs / 2);
}
