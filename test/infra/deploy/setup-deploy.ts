/**
 * Installs what deployments take before the tests, so that no test's time limit contains an
 * installation. A global setup of vitest.
 */
import { ensureRuntimeClient } from '../../support/runtime-client/runtime-client.ts';
import { ensurePython } from './ensure-python.ts';

export async function setup(): Promise<void> {
  const python = await ensurePython();
  if (python.kind === 'missing') {
    process.stderr.write(`AWS emulator: missing, tests are skipped: ${python.reason}\n`);
    return;
  }
  process.stderr.write(`Runtime client: ${(await ensureRuntimeClient()).description}\n`);
}
