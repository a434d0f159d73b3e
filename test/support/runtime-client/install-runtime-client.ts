/** The steps that put a runtime client on disk: its package, the native part, the stand-in. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNodeHeaders } from './node-headers.ts';
import type { RuntimeClientFolder } from './runtime-client-folder.ts';

const standInClient: string = fileURLToPath(new URL('stand-in/rapid-client.cjs', import.meta.url));

const mainV3 = `import { run } from './client.mjs';
await run(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
`;

/** Installs the package and what it depends on, without compiling. */
export async function installPackage(folder: RuntimeClientFolder): Promise<void> {
  say(`installing aws-lambda-ric ${folder.version}`);
  await npm(folder, ['ci', '--ignore-scripts']);
}

/**
 * Lays the stand-in out beside the package: a copy of the runtime client's one file, and in place
 * of the addon `rapid-client.node` a directory of that name, which `require` opens like a package.
 * So neither a flag nor a hook is added to the function's process.
 */
export async function prepareStandIn(folder: RuntimeClientFolder): Promise<void> {
  await prepareAddon(folder);
  await copyFile(join(folder.package, 'index.mjs'), join(folder.standIn, 'index.mjs'));
}

/** The same for version 3, whose one file is a library: it needs a main beside it. */
export async function prepareStandInV3(folder: RuntimeClientFolder): Promise<void> {
  await prepareAddon(folder);
  await copyFile(join(folder.package, 'dist', 'index.mjs'), join(folder.standIn, 'client.mjs'));
  await writeFile(join(folder.standIn, 'index.mjs'), mainV3);
}

async function prepareAddon({ standIn }: RuntimeClientFolder): Promise<void> {
  const addon = join(standIn, 'rapid-client.node');
  await mkdir(addon, { recursive: true });
  await writeFile(join(addon, 'package.json'), JSON.stringify({ main: standInClient }));
}

/**
 * Runs the package's own install scripts, which compile libcurl, the Lambda C++ runtime and the
 * addon from the sources in it.
 *
 * @throws Error if it is required and does not compile; else how it failed is kept in the folder
 */
export async function buildNativeClient(
  folder: RuntimeClientFolder,
  { required }: { readonly required: boolean },
): Promise<void> {
  await rm(folder.buildFailure, { force: true });
  const missing = whyNotBuildable();
  const reason = missing ?? (await build(folder));
  if (reason !== undefined && required) throw new Error(`RUNTIME_CLIENT=native, but ${reason}.`);
  if (reason !== undefined && missing === undefined) await writeFile(folder.buildFailure, reason);
}

/** Why compiling is not tried on this machine, if it is not. */
export function whyNotBuildable(): string | undefined {
  if (process.platform !== 'linux') return 'it is made for Linux only';
  const missing = [['cmake', 'cmake3'], ['g++', 'clang++', 'c++'], ['make']].find(
    (names) => !names.some(isOnPath),
  );
  return missing && `${missing[0]} is missing on this machine`;
}

function isOnPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((path) => existsSync(join(path, name)));
}

async function build(folder: RuntimeClientFolder): Promise<string | undefined> {
  say('compiling its native client, this takes about a minute');
  try {
    const headers = findNodeHeaders();
    // node-gyp reads the variable itself; without it, it downloads the headers.
    const environment = headers === undefined ? {} : { npm_config_nodedir: headers };
    const rebuild = ['rebuild', 'aws-lambda-ric', '--ignore-scripts=false', '--foreground-scripts'];
    await npm(folder, rebuild, environment);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return existsSync(folder.nativeClient) ? undefined : `no addon was built, see ${folder.log}`;
}

async function npm(
  folder: RuntimeClientFolder,
  commandArguments: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<void> {
  await mkdir(dirname(folder.log), { recursive: true });
  await using log = await open(folder.log, 'w');
  const child = spawn('npm', commandArguments, {
    cwd: folder.path,
    // Its Node.js first, so that npm does not compile for another one.
    env: {
      ...process.env,
      ...environment,
      PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
    },
    stdio: ['ignore', log.fd, log.fd],
  });
  const [exitCode] = await once(child, 'exit');
  if (exitCode !== 0) throw new Error(`"npm ${commandArguments[0]}" failed, see ${folder.log}`);
}

function say(sentence: string): void {
  process.stderr.write(`Runtime client: ${sentence} …\n`);
}
