/**
 * Installs the emulator and the runtime client before the tests and says which ones they run with.
 * A global setup of vitest, so that no test's time limit contains an installation.
 */

import { ensureRuntimeClient } from '../runtime-client/runtime-client.ts';
import { ensureRie } from './ensure-rie.ts';

export async function setup(): Promise<void> {
  const rie = await ensureRie();
  if (rie.kind === 'missing') {
    process.stderr.write(`Runtime Interface Emulator: missing, tests are skipped: ${rie.reason}\n`);
    return;
  }
  process.stderr.write(`Runtime Interface Emulator: ${rie.description}\n`);
  process.stderr.write(`Runtime client: ${(await ensureRuntimeClient()).description}\n`);
}
