/** The runtime client as images have it that are not made from one of AWS's: as a package. */

import { cp, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureRuntimeClient, type ManagedRuntime } from '../runtime-client/runtime-client.ts';
import { openRuntimeClientFolder } from '../runtime-client/runtime-client-folder.ts';

/**
 * Lays the package out in `node_modules` of a folder. Version 3 of it takes the handler from the
 * command line, version 4 from `_HANDLER` alone.
 *
 * @returns the command that `npx aws-lambda-ric` runs, for an `entryPoint`
 */
export async function installInImage(
  folder: string,
  runtime: ManagedRuntime = 'nodejs24.x',
): Promise<string> {
  const client = await ensureRuntimeClient(runtime);
  const addon = join(dirname(client.entry), 'rapid-client.node');
  const modules = join(folder, 'node_modules');
  const files =
    runtime === 'nodejs22.x'
      ? {
          'bin/index.mjs': join(openRuntimeClientFolder('v3').package, 'bin', 'index.mjs'),
          'dist/index.mjs': join(dirname(client.entry), 'client.mjs'),
          'dist/rapid-client.node': addon,
        }
      : { 'index.mjs': client.entry, 'rapid-client.node': addon };
  for (const [name, source] of Object.entries(files)) {
    await cp(source, join(modules, 'aws-lambda-ric', name), { recursive: true });
  }
  const command = join(modules, '.bin', 'aws-lambda-ric');
  await mkdir(dirname(command));
  await symlink(join('..', 'aws-lambda-ric', Object.keys(files)[0] ?? ''), command);
  return command;
}
