/**
 * Installs the runtime clients before the tests and says which ones they run with. A global setup of
 * vitest, so that no test's time limit contains a compilation; also a command:
 * `node test/support/runtime-client/setup-runtime-client.ts`.
 */

import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { ensureRuntimeClient } from './runtime-client.ts';

export async function setup(): Promise<void> {
  const clients = [
    await ensureRuntimeClient('nodejs24.x'),
    await ensureRuntimeClient('nodejs22.x'),
  ];
  for (const { description } of clients) process.stderr.write(`Runtime client: ${description}\n`);
}

if (argv[1] === fileURLToPath(import.meta.url)) await setup();
