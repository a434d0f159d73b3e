// Answers of any length, and crashes: for functions with little CPU.
import { setTimeout as sleep } from 'node:timers/promises';
import { withTaskReporter } from 'xpander-lambda';

export const bare = async ({ way, waitMs = 0, busyMs = 0, bytes = 10 }) => {
  if (way === 'exits') process.exit(1);
  if (waitMs > 0) await sleep(waitMs);
  const startedAt = performance.now();
  while (performance.now() - startedAt < busyMs);
  return { answer: 'word '.repeat(Math.ceil(bytes / 5)) };
};

export const wrapped = withTaskReporter(bare);
