/**
 * The function's timeout, which Lambda does not tell its process: the longest time that an event had.
 * An event whose init ran within the invocation has less.
 */

let longestMs = 0;

/** @param remainingMs - until the deadline of an event, when its handler is called */
export function noteTimeout(remainingMs: number): void {
  longestMs = Math.max(longestMs, remainingMs);
}

/** In milliseconds, as far as it has been seen. */
export function seenTimeoutMs(): number {
  return longestMs;
}
