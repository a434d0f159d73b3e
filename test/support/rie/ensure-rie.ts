/** Finds AWS's Runtime Interface Emulator, and installs it on first use. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { holdInstallLock } from '../runtime-client/install-lock.ts';
import { installRie, whyNotInstallable } from './install-rie.ts';
import { whyNoPrivateOpt } from './private-opt.ts';

/** The emulator, or why tests with it cannot run here. */
export type Rie =
  | { readonly kind: 'installed'; readonly binary: string; readonly description: string }
  | { readonly kind: 'missing'; readonly reason: string };

export interface RieNeeds {
  /** Whether it has to give functions an `/opt` of their own. @default false */
  readonly withLayers?: boolean;
}

const directory: string = fileURLToPath(new URL('temp', import.meta.url));
const pin: string = fileURLToPath(new URL('requirements.txt', import.meta.url));

/**
 * The emulator, installed if it was not: some seconds. Afterwards a look at a file.
 *
 * @throws Error if `RIE=required` and it cannot be had
 */
export async function ensureRie(options: RieNeeds = {}): Promise<Rie> {
  const required = isRequired();
  const found = await find();
  const needsOpt = options.withLayers === true && found.kind === 'installed';
  const reason = needsOpt ? await whyNoPrivateOpt() : undefined;
  const rie: Rie = reason === undefined ? found : { kind: 'missing', reason };
  if (required && rie.kind === 'missing') {
    throw new Error(`RIE=required, but there is no Runtime Interface Emulator: ${rie.reason}.`);
  }
  return rie;
}

function isRequired(): boolean {
  const value = process.env['RIE'] ?? '';
  if (value === '' || value === 'required') return value === 'required';
  throw new Error(`RIE is "${value}": use "required", or leave it out.`);
}

async function find(): Promise<Rie> {
  const release = pinnedRelease();
  // The release is in the name, so that a new pin does not find the old file.
  const binary = join(directory, `aws-lambda-rie-of-${release.replace('==', '-')}`);
  const installed: Rie = { kind: 'installed', binary, description: `from ${release}` };
  if (existsSync(binary)) return installed;
  const reason = whyNotInstallable();
  if (reason !== undefined) return { kind: 'missing', reason };
  try {
    // Tests run in several processes, and each may be the first one here.
    await using _lock = await holdInstallLock(directory);
    if (!existsSync(binary)) await installRie(directory, binary);
    return installed;
  } catch (error) {
    return { kind: 'missing', reason: error instanceof Error ? error.message : String(error) };
  }
}

function pinnedRelease(): string {
  const [release] = /^\S+==\S+/m.exec(readFileSync(pin, 'utf8')) ?? [];
  if (release === undefined) throw new Error(`${pin} pins no version.`);
  return release;
}
