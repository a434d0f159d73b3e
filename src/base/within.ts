/**
 * Waits for work that never rejects, but no longer than a time; the work itself goes on.
 *
 * @param isWeak - whether the timer does not keep the process alive. @default false
 */
export async function within(
  timeMs: number,
  work: Promise<unknown>,
  isWeak = false,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, timeMs));
    if (isWeak) timer.unref();
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
