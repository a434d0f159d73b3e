/** Puts AWS's Runtime Interface Emulator on disk, out of the package in which AWS publishes it. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const requirements: string = fileURLToPath(new URL('requirements.txt', import.meta.url));

/** As AWS names the processors that it builds for. */
const architectures: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'arm64' };

/** Why installing is not tried on this machine, if it is not. */
export function whyNotInstallable(): string | undefined {
  if (process.platform !== 'linux') return 'it is made for Linux only';
  if (!(process.arch in architectures)) return `there is none for ${process.arch}`;
  return isOnPath('python3') ? undefined : 'python3, which fetches it, is missing on this machine';
}

/**
 * Fetches the package at its pinned version, which has to have the pinned hash, and keeps the
 * emulator alone. pip comes with an environment of its own: many systems have Python without it.
 *
 * @param binary where the emulator goes, complete or not at all
 * @throws Error with the log's place
 */
export async function installRie(directory: string, binary: string): Promise<void> {
  process.stderr.write('Runtime Interface Emulator: installing, this takes some seconds …\n');
  const work = join(directory, 'install');
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  await using log = await open(join(directory, 'install.log'), 'w');
  const run = async (command: string, ...commandArguments: string[]): Promise<void> => {
    const stdio = ['ignore', log.fd, log.fd] as const;
    const child = spawn(command, commandArguments, { stdio: [...stdio], cwd: work });
    const [exitCode] = await once(child, 'exit');
    if (exitCode !== 0) throw new Error(`"${command}" failed, see ${directory}/install.log`);
  };
  const python = join(work, 'python', 'bin', 'python');
  const exactly = ['--no-deps', '--only-binary', ':all:', '--require-hashes'];

  await run('python3', '-m', 'venv', 'python');
  await run(python, '-m', 'pip', 'download', ...exactly, '--dest', 'wheel', '-r', requirements);
  const [wheel = ''] = await readdir(join(work, 'wheel'));
  await run(python, '-m', 'zipfile', '--extract', join('wheel', wheel), 'package');
  const name = `aws-lambda-rie-${architectures[process.arch]}`;
  const extracted = join(work, 'package', 'samcli', 'local', 'rapid', name);
  await chmod(extracted, 0o755);
  await rename(extracted, binary);
  await rm(work, { recursive: true, force: true });
}

function isOnPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((path) => existsSync(join(path, name)));
}
