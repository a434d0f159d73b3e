/** The runtime client of the managed runtimes up to Node.js 22, with a Node.js of that version. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { holdInstallLock } from './install-lock.ts';
import { installPackage, prepareStandInV3 } from './install-runtime-client.ts';
import type { RuntimeClient } from './installed-client.ts';
import {
  isPackageInstalled,
  openRuntimeClientFolder,
  type RuntimeClientFolder,
  readJson,
} from './runtime-client-folder.ts';

/**
 * Always with the stand-in for its native part, so that nothing is compiled.
 *
 * @throws Error if `npm ci` fails, or if there is no Node.js of that version for this machine
 */
export async function ensureRuntimeClientV3(): Promise<RuntimeClient> {
  const folder = openRuntimeClientFolder('v3');
  if (!isInstalled(folder)) {
    // Tests run in several processes, and each may be the first one here.
    await using _lock = await holdInstallLock(join(folder.path, 'temp'));
    if (!isInstalled(folder)) await install(folder);
  }
  const node = nodeFolder(folder);
  const { version }: { version: string } = readJson(join(node, 'package.json'));
  return {
    kind: 'stand-in',
    entry: join(folder.standIn, 'index.mjs'),
    node: join(node, 'bin', 'node'),
    runtime: 'nodejs22.x',
    description: `aws-lambda-ric ${folder.version} on Node.js ${version}, stand-in for the native client`,
  };
}

function isInstalled(folder: RuntimeClientFolder): boolean {
  return isPackageInstalled(folder) && existsSync(join(folder.standIn, 'index.mjs'));
}

async function install(folder: RuntimeClientFolder): Promise<void> {
  if (!isPackageInstalled(folder)) await installPackage(folder);
  await prepareStandInV3(folder);
}

/** One package for each kind of machine, of which npm installs the right one. */
function nodeFolder({ path }: RuntimeClientFolder): string {
  const machine = `${process.platform}-${process.arch}`;
  const found = [`node-${machine}`, `node-bin-${machine}`]
    .map((name) => join(path, 'node_modules', name))
    .find((folder) => existsSync(join(folder, 'bin', 'node')));
  if (found === undefined) throw new Error(`There is no Node.js 22 for ${machine} in ${path}.`);
  return found;
}
