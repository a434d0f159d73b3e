/** Uses the time between Lambda's SIGTERM and its SIGKILL. */
import { sharedFreezes } from './freezes.ts';

// Of the 500 ms that Lambda gives; the rest is for the end itself.
const timeMs = 450;

/** What there is to do at the end. */
export interface LastThings {
  /** Gets the end of its time on the clock of `performance.now()`; never rejects. */
  readonly finish: (deadline: number) => Promise<void>;
  /** Called instead when a listener of somebody else exits before that. Must not throw. */
  readonly lastWords: () => void;
}

const unfinished = new Set<LastThings>();

/**
 * Calls back when the environment is about to end, and then lets the process end as it would have
 * ended without us.
 */
export function onShutdown(things: LastThings): void {
  // One listener for all: Node warns of the eleventh. First, so that those are still there that
  // hear the signal once.
  if (unfinished.size === 0) process.prependListener('SIGTERM', hear);
  unfinished.add(things);
}

let isHeard = false;

async function hear(): Promise<void> {
  // A second signal changes nothing.
  if (isHeard) return;
  isHeard = true;
  sharedFreezes().thawed();
  const deadline = performance.now() + timeMs;
  const isHeardOnce = process.rawListeners('SIGTERM').some((raw) => 'listener' in raw);
  process.once('exit', speak);
  const finishing = [...unfinished].map(async (things) => {
    await things.finish(deadline);
    unfinished.delete(things);
  });
  await Promise.all(finishing);
  process.off('SIGTERM', hear);
  // Whoever else listens decides how the process ends; without listeners the signal does.
  const isDecided = isHeardOnce || process.listenerCount('SIGTERM') > 0;
  if (!isDecided) process.kill(process.pid, 'SIGTERM');
}

function speak(): void {
  for (const things of unfinished) things.lastWords();
}
