/** Installs what tests need besides `npm ci`, all at once, so that no section waits for another's. */

import { setup as installVendors } from '../beside/setup-beside.ts';
import { setup as installBundlers } from '../bundlers/setup-bundlers.ts';
import { setup as installEndings } from '../endings/setup-endings.ts';
import { setup as installEmulator } from '../infra/deploy/setup-deploy.ts';
import { setup as installClients } from '../llm/clients/setup-clients.ts';
import { pythonWithSdk } from '../python-sdk/install-python-sdk.ts';
import { setup as installRie } from './rie/setup-rie.ts';
import { setup as installRuntimeClients } from './runtime-client/setup-runtime-client.ts';

await Promise.all([
  installRuntimeClients(),
  installEndings(),
  installBundlers(),
  installClients(),
  installVendors(),
  installEmulator(),
  installRie(),
  pythonWithSdk(),
]);
