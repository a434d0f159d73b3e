/**
 * Installs the runtime client before the tests and says which one they run with. A global setup of
 * vitest, so that no test's time limit contains a compilation; also a command:
 * `node test/support/runtime-client/setup-runtime-client.ts`.
 */

import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { ensureRuntimeClient } from './runtime-client.ts';

export async function setup(): Promise<void> {
  const client = await ensureRuntimeClient();
  process.stderr.write(`Runtime client: ${client.description}\n`);
}

if (argv[1] === fileURLToPath(import.meta.url)) await setup();
