/** A Python with the AWS emulator moto and the linters, installed on first use: about a minute. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { holdInstallLock } from '../../support/runtime-client/install-lock.ts';

/** The Python environment, or why it is missing. */
export type Python =
  | { readonly kind: 'installed'; readonly python: string; readonly bin: string }
  | { readonly kind: 'missing'; readonly reason: string };

const run = promisify(execFile);

const requirements = fileURLToPath(new URL('emulator/requirements.txt', import.meta.url));
const cache = fileURLToPath(new URL('../../../node_modules/.cache', import.meta.url));

/** @throws Error if `DEPLOY=required` and it cannot be installed */
export async function ensurePython(): Promise<Python> {
  const found = await find();
  if (found.kind === 'missing' && isRequired()) {
    throw new Error(`DEPLOY=required, but there is no AWS emulator: ${found.reason}`);
  }
  return found;
}

function isRequired(): boolean {
  const value = process.env['DEPLOY'] ?? '';
  if (value === '' || value === 'required') return value === 'required';
  throw new Error(`DEPLOY is "${value}": use "required", or leave it out.`);
}

async function find(): Promise<Python> {
  // The folder's name contains the pins, so that new pins do not use old packages.
  const pins = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(cache, `moto-${pins}`);
  const bin = join(folder, 'bin');
  const installed: Python = { kind: 'installed', python: join(bin, 'python'), bin };
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return installed;
  try {
    await mkdir(cache, { recursive: true });
    // Several test processes may install at the same time.
    await using _lock = await holdInstallLock(cache);
    if (existsSync(complete)) return installed;
    await run('python3', ['-m', 'venv', '--clear', folder]);
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    await run(installed.python, [...install, '--requirement', requirements]);
    writeFileSync(complete, '');
    return installed;
  } catch (error) {
    return { kind: 'missing', reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.includes('ENOENT') ? 'there is no python3.' : message;
}
