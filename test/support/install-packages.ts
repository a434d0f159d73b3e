/** Installs the packages of some tests' functions apart from `npm ci`, on first use. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, open } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { holdInstallLock } from './runtime-client/install-lock.ts';

/**
 * @param functions - the folder with `package.json` and `package-lock.json`
 * @param whose - what is being installed, for the terminal
 * @param optional - whether optional packages, most of them native, are installed too
 * @throws Error if `npm ci` fails
 */
export async function installPackages(
  functions: URL,
  whose: string,
  { optional = false }: { readonly optional?: boolean } = {},
): Promise<void> {
  const folder = fileURLToPath(functions);
  if (isInstalled(folder)) return;
  await using _lock = await holdInstallLock(join(folder, 'temp'));
  if (isInstalled(folder)) return;
  process.stderr.write(`${whose}: installing their packages …\n`);
  await install(folder, optional);
}

function isInstalled(folder: string): boolean {
  const installed = installedLockFile(folder);
  return existsSync(installed) && readFileSync(installed).equals(readFileSync(lockFile(folder)));
}

async function install(folder: string, optional: boolean): Promise<void> {
  const log = join(folder, 'temp', 'install.log');
  await mkdir(dirname(log), { recursive: true });
  await using output = await open(log, 'w');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund'];
  // Native parts, such as those of Datadog's tracer: as large as all the rest.
  if (!optional) flags.push('--omit=optional');
  const child = spawn('npm', ['ci', ...flags], {
    cwd: folder,
    // Its Node.js first, so that npm does not judge the packages by another one.
    env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}` },
    stdio: ['ignore', output.fd, output.fd],
  });
  const [exitCode] = await once(child, 'exit');
  if (exitCode !== 0) throw new Error(`"npm ci" failed, see ${log}`);
  await copyFile(lockFile(folder), installedLockFile(folder));
}

function lockFile(folder: string): string {
  return join(folder, 'package-lock.json');
}

/** Written last, so an installation that was cut off does not count. */
function installedLockFile(folder: string): string {
  return join(folder, 'node_modules', '.installed-lock.json');
}
