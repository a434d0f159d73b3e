/** Installs the clients apart from `npm ci`, on first use: about two hundred megabytes. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, open } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { holdInstallLock } from '../../support/runtime-client/install-lock.ts';

const folder = fileURLToPath(new URL('functions', import.meta.url));
const lockFile = join(folder, 'package-lock.json');
/** Written last, so an installation that was cut off does not count. */
const installedLockFile = join(folder, 'node_modules', '.installed-lock.json');
const log = join(folder, 'temp', 'install.log');

/** @throws Error if `npm ci` fails */
export async function installPackages(): Promise<void> {
  if (isInstalled()) return;
  await using _lock = await holdInstallLock(dirname(log));
  if (!isInstalled()) await install();
}

function isInstalled(): boolean {
  return (
    existsSync(installedLockFile) && readFileSync(installedLockFile).equals(readFileSync(lockFile))
  );
}

async function install(): Promise<void> {
  process.stderr.write('Clients of LLMs: installing their packages …\n');
  await mkdir(dirname(log), { recursive: true });
  await using output = await open(log, 'w');
  const flags = ['--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund'];
  const child = spawn('npm', ['ci', ...flags], {
    cwd: folder,
    // Its Node.js first, so that npm does not judge the packages by another one.
    env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}` },
    stdio: ['ignore', output.fd, output.fd],
  });
  const [exitCode] = await once(child, 'exit');
  if (exitCode !== 0) throw new Error(`"npm ci" failed, see ${log}`);
  await copyFile(lockFile, installedLockFile);
}
