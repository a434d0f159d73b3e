/** Uses the time between Lambda's SIGTERM and its SIGKILL. */

// Of the 500 ms that Lambda gives; the rest is for the end itself.
const timeMs = 450;

type Finish = (deadline: number) => Promise<void>;

const finishers = new Set<Finish>();

/**
 * Calls back when the environment is about to end, and then lets the process end as it would have
 * ended without us.
 *
 * @param finish - gets the end of its time on the clock of `performance.now()`; never rejects
 */
export function onShutdown(finish: Finish): void {
  // One listener for all: Node warns of the eleventh.
  // First, so that those are still there that hear the signal once.
  if (finishers.size === 0) process.prependListener('SIGTERM', hear);
  finishers.add(finish);
}

async function hear(): Promise<void> {
  const deadline = performance.now() + timeMs;
  const isHeardOnce = process.rawListeners('SIGTERM').some((raw) => 'listener' in raw);
  await Promise.all([...finishers].map((finish) => finish(deadline)));
  process.off('SIGTERM', hear);
  // Whoever else listens decides how the process ends; without listeners the signal does.
  const isDecided = isHeardOnce || process.listenerCount('SIGTERM') > 0;
  if (!isDecided) process.kill(process.pid, 'SIGTERM');
}
