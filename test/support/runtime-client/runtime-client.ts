/** Finds Lambda's real Node.js runtime client, and installs it apart from `npm ci` on first use. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { holdInstallLock } from './install-lock.ts';
import {
  buildNativeClient,
  installPackage,
  prepareStandIn,
  whyNotBuildable,
} from './install-runtime-client.ts';
import type { RuntimeClient, RuntimeClientKind } from './installed-client.ts';
import {
  isPackageInstalled,
  openRuntimeClientFolder,
  type RuntimeClientFolder,
  readJson,
} from './runtime-client-folder.ts';
import { ensureRuntimeClientV3 } from './runtime-client-v3.ts';

/** Up to Node.js 22 Lambda runs another runtime client; here always with the stand-in. */
export type ManagedRuntime = 'nodejs22.x' | 'nodejs24.x';

/**
 * The runtime client, installed if it was not: seconds, and about a minute more where it can be
 * compiled. Afterwards a look at three files.
 *
 * `RUNTIME_CLIENT=native` or `stand-in` decides; else native where it compiles.
 *
 * @param runtime @default 'nodejs24.x'
 * @throws Error if `RUNTIME_CLIENT=native` and it does not compile, or if `npm ci` fails
 */
export async function ensureRuntimeClient(
  runtime: ManagedRuntime = 'nodejs24.x',
): Promise<RuntimeClient> {
  if (runtime === 'nodejs22.x') return ensureRuntimeClientV3();
  const wanted = wantedKind();
  const folder = openRuntimeClientFolder('v4');
  const installed = findInstalled(folder, wanted);
  if (installed !== undefined) return installed;

  // Tests run in several processes, and each may be the first one here.
  await using _lock = await holdInstallLock(join(folder.path, 'temp'));
  return findInstalled(folder, wanted) ?? (await install(folder, wanted));
}

function wantedKind(): RuntimeClientKind | undefined {
  const value = process.env['RUNTIME_CLIENT'] ?? '';
  if (value === '') return undefined;
  if (value === 'native' || value === 'stand-in') return value;
  throw new Error(`RUNTIME_CLIENT is "${value}": use "native", "stand-in", or leave it out.`);
}

function findInstalled(
  folder: RuntimeClientFolder,
  wanted: RuntimeClientKind | undefined,
): RuntimeClient | undefined {
  if (!isPackageInstalled(folder)) return undefined;
  if (wanted !== 'stand-in' && existsSync(folder.nativeClient)) return describe(folder, 'native');
  if (wanted === 'native' || !existsSync(join(folder.standIn, 'index.mjs'))) return undefined;
  if (wanted === 'stand-in') return describe(folder, 'stand-in', 'as RUNTIME_CLIENT says');
  const reason = whyNotBuildable() ?? buildFailure(folder);
  return reason === undefined ? undefined : describe(folder, 'stand-in', reason);
}

function buildFailure(folder: RuntimeClientFolder): string | undefined {
  return existsSync(folder.buildFailure) ? readFileSync(folder.buildFailure, 'utf8') : undefined;
}

async function install(
  folder: RuntimeClientFolder,
  wanted: RuntimeClientKind | undefined,
): Promise<RuntimeClient> {
  if (!isPackageInstalled(folder)) await installPackage(folder);
  await prepareStandIn(folder);
  if (wanted !== 'stand-in') await buildNativeClient(folder, { required: wanted === 'native' });

  const installed = findInstalled(folder, wanted);
  if (installed === undefined) throw new Error(`The runtime client is not in ${folder.path}.`);
  return installed;
}

function describe(
  folder: RuntimeClientFolder,
  kind: RuntimeClientKind,
  reason?: string,
): RuntimeClient {
  const node = nodeBinary();
  const how = kind === 'native' ? 'native client' : `stand-in for the native client (${reason})`;
  return {
    kind,
    entry: join(kind === 'native' ? folder.package : folder.standIn, 'index.mjs'),
    node: node.path,
    runtime: `nodejs${node.version.split('.')[0]}.x`,
    description: `aws-lambda-ric ${folder.version} on Node.js ${node.version}, ${how}`,
  };
}

/** The Node.js of the dev dependency, whichever Node.js runs the tests. */
function nodeBinary(): { path: string; version: string } {
  const manifest = createRequire(import.meta.url).resolve('node/package.json');
  const path = join(dirname(manifest), 'bin', 'node');
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new Error(`${path} is missing: run "npm ci" again with install scripts allowed.`);
  }
  return { path, version: readJson<{ version: string }>(manifest).version };
}
