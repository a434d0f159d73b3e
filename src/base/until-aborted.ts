/**
 * Awaits a promise until a signal aborts. The work itself continues.
 *
 * @throws the signal's reason when it aborts, or what the promise rejects with
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
    // The signal may be used for many waits, and each would leave a listener.
    signal.removeEventListener('abort', stopWaiting);
  }
}
