/** Uses the time between Lambda's SIGTERM and its SIGKILL. */
import { sharedFreezes } from './freezes.ts';

// Of the 500 ms that Lambda gives; the rest is for the exit itself.
const timeMs = 450;

/** Work to do before the process ends. */
export interface LastThings {
  /** Receives its deadline on the clock of `performance.now()`. Must not reject. */
  readonly finish: (deadline: number) => Promise<void>;
  /** Called if another listener exits the process before `finish` is done. Must not throw. */
  readonly lastWords: () => void;
}

const unfinished = new Set<LastThings>();

/**
 * Calls `finish` when the environment is about to end, and then lets the process end as it would
 * without us.
 */
export function onShutdown(things: LastThings): void {
  // One listener for all, because Node.js warns about the eleventh. It is prepended, so that
  // listeners added with `once` are still registered when it runs.
  if (unfinished.size === 0) process.prependListener('SIGTERM', hear);
  unfinished.add(things);
}

let isHeard = false;

async function hear(): Promise<void> {
  // Ignore a second signal.
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
  // Other listeners decide how the process ends. Without any, the signal itself ends it.
  const isDecided = isHeardOnce || process.listenerCount('SIGTERM') > 0;
  if (!isDecided) process.kill(process.pid, 'SIGTERM');
}

function speak(): void {
  for (const things of unfinished) things.lastWords();
}
