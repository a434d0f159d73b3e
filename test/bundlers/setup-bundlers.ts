/** Installs the bundlers; a global setup of vitest. */

import { installPackages } from '../support/install-packages.ts';
import { setup as setupRuntimeClient } from '../support/runtime-client/setup-runtime-client.ts';

export async function setup(): Promise<void> {
  await setupRuntimeClient();
  await installPackages(new URL('tools/', import.meta.url), 'Bundlers', { optional: true });
}
