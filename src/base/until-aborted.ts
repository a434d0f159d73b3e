/**
 * Waits for a promise no longer than a signal allows; the work behind it goes on.
 *
 * @throws the signal's reason once it is aborted, and whatever the promise rejects with
 */
export async function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return work;
  let stopWaiting = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stopWaiting = () => reject(signal.reason);
  });
  signal.addEventListener('abort', stopWaiting, { once: true });
  if (signal.aborted) stopWaiting();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    // A signal may outlive many waits, and each would leave its listener behind.
    signal.removeEventListener('abort', stopWaiting);
  }
}
