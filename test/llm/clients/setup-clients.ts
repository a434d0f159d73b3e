/** Installs what the functions of these tests need; a global setup of vitest. */

import { setup as setupRuntimeClient } from '../../support/runtime-client/setup-runtime-client.ts';
import { installPackages } from './install-packages.ts';

export async function setup(): Promise<void> {
  await setupRuntimeClient();
  await installPackages();
}
