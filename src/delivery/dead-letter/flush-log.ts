/**
 * Waits until what was written into the function's log has left the process: into a pipe or a
 * socket Node writes when there is room.
 *
 * @param deadline - on the clock of `performance.now()`
 * @returns whether it has
 */
export async function logIsWritten(deadline: number): Promise<boolean> {
  const streams = [process.stdout, process.stderr];
  while (streams.some(({ writableLength }) => writableLength > 0)) {
    if (performance.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return true;
}

const pollMs = 2;
