/**
 * Infers the function's timeout from the longest time that an event had.
 *
 * Lambda does not expose the timeout. An event whose init ran within the invocation has less time.
 */

let longestMs = 0;

/** @param remainingMs - time until the deadline of an event when its handler is called */
export function noteTimeout(remainingMs: number): void {
  longestMs = Math.max(longestMs, remainingMs);
}

/** The longest time seen so far, in milliseconds; 0 before the first event. */
export function seenTimeoutMs(): number {
  return longestMs;
}
