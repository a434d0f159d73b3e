/**
 * Puts a folder in place of `/opt` for one program and what it starts, and for nobody else: the
 * emulator starts what is in `/opt/extensions`, and has no option for another folder.
 */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

type Command = readonly [string, ...string[]];

const inNewNamespace = ['--mount', '--propagation', 'private'];

/** As root, else as somebody who is taken for root there, where the machine allows that. */
const ways = [inNewNamespace, ['--user', '--map-root-user', ...inNewNamespace]];

/** The way that this machine allows, or why it allows none. */
type Way =
  | { readonly kind: 'found'; readonly flags: readonly string[] }
  | { readonly kind: 'none'; readonly reason: string };

let way: Promise<Way> | undefined;

/**
 * The command that starts another one with the folder as its `/opt`, in the same process.
 *
 * @throws Error where there is no way to do that
 */
export async function withOpt(folder: string, command: Command): Promise<[string, ...string[]]> {
  way ??= findWay();
  const found = await way;
  if (found.kind === 'none') throw new Error(found.reason);
  return mounted(found.flags, folder, command);
}

/** @returns undefined where there is a way */
export async function whyNoPrivateOpt(): Promise<string | undefined> {
  way ??= findWay();
  const found = await way;
  return found.kind === 'none' ? found.reason : undefined;
}

async function findWay(): Promise<Way> {
  const reasons: string[] = [];
  for (const flags of ways) {
    try {
      // What lies in this machine's own `/opt` cannot be started there: the emulator must not.
      const probe = mounted(flags, import.meta.dirname, ['test', '-d', import.meta.dirname]);
      await promisify(execFile)(probe[0], probe.slice(1));
      return { kind: 'found', flags };
    } catch (error) {
      reasons.push(error instanceof Error ? error.message.trim().replaceAll('\n', ' ') : 'unknown');
    }
  }
  return { kind: 'none', reason: `/opt cannot be given to it: ${reasons.join('; ')}` };
}

function mounted(
  flags: readonly string[],
  folder: string,
  command: Command,
): [string, ...string[]] {
  const script = 'mount --bind "$0" /opt && exec "$@"';
  return ['unshare', ...flags, 'sh', '-c', script, folder, ...command];
}
