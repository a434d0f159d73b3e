// Attempts of a run, whose ends the event chooses.
import { setTimeout as sleep } from 'node:timers/promises';

export const handler = async ({ waitMs = 0, fails = false, exits = false, exitsAfter }) => {
  if (waitMs > 0) await sleep(waitMs);
  if (exits) process.exit(1);
  // After the response.
  if (exitsAfter !== undefined) setTimeout(() => process.exit(1), exitsAfter);
  if (fails) throw new RangeError('no answer');
  return 'here I am';
};
