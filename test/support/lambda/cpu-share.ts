/**
 * Gives processes a share of one CPU, as Lambda gives a function by its memory: 128 MB are 7 %,
 * 1,769 MB are a whole one.
 *
 * A control group where the machine allows one. Elsewhere they run when nothing else does
 * (`SCHED_IDLE`), on a CPU that a loop keeps busy for the rest of the time.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CpuShare {
  /** The command that runs another one within the share, with all that this one starts. */
  readonly command: readonly string[];
  /** To be called when its processes have ended. */
  readonly close: () => void;
}

// Lambda's own; a share of 7 % then has 7 ms in each period.
const periodMs = 100;

/**
 * @param share - of one CPU, for instance 0.07
 * @throws when this machine has neither way
 */
export function openCpuShare(share: number): CpuShare {
  if (!(share > 0 && share <= 1)) throw new Error(`A share of a CPU is in (0, 1], not ${share}.`);
  const opened = openGroup(share) ?? openIdleShare(share);
  if (opened === undefined) {
    throw new Error('This machine limits no CPU: it needs a writable cgroup, or chrt and taskset.');
  }
  return opened;
}

/** Of one CPU, for all functions that say nothing else; undefined: no limit. */
export const usualCpuShare: number | undefined =
  Number(process.env['LAMBDA_CPU_SHARE']) || undefined;

let count = 0;

function openGroup(share: number): CpuShare | undefined {
  const parent = groupFolder();
  if (parent === undefined) return undefined;
  count += 1;
  const folder = join(parent.folder, `cpu-share-${process.pid}-${count}`);
  try {
    mkdirSync(folder);
    limit(folder, parent.version, share);
  } catch {
    removeGroup(folder);
    return undefined;
  }
  const file = join(folder, 'cgroup.procs');
  return {
    command: ['/bin/sh', '-c', 'echo $$ > "$0" && exec "$@"', file],
    close: () => removeGroup(folder),
  };
}

function limit(folder: string, version: 1 | 2, share: number): void {
  const period = periodMs * 1_000;
  const quota = Math.max(1_000, Math.round(period * share));
  if (version === 2) {
    writeFileSync(join(folder, 'cpu.max'), `${quota} ${period}`);
    return;
  }
  writeFileSync(join(folder, 'cpu.cfs_period_us'), String(period));
  writeFileSync(join(folder, 'cpu.cfs_quota_us'), String(quota));
}

/** Where this process may make groups that limit the CPU. */
function groupFolder(): { readonly folder: string; readonly version: 1 | 2 } | undefined {
  const own = existsSync('/proc/self/cgroup') ? readFileSync('/proc/self/cgroup', 'utf8') : '';
  const [, first] = /^\d+:(?:[^:\n]*,)?cpu(?:,[^:\n]*)?:(.*)$/m.exec(own) ?? [];
  if (first !== undefined) {
    const folder = ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpu,cpuacct'].find(existsSync);
    return folder === undefined ? undefined : { folder: join(folder, first), version: 1 };
  }
  const [, unified] = /^0::(.*)$/m.exec(own) ?? [];
  if (unified === undefined) return undefined;
  // A group with processes can have no limited groups in it: they are made beside it.
  const folder = join('/sys/fs/cgroup', unified, unified === '/' ? '.' : '..');
  return existsSync(folder) ? { folder, version: 2 } : undefined;
}

function removeGroup(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It was not made, or a process in it is about to end: an empty group costs nothing.
  }
}

function openIdleShare(share: number): CpuShare | undefined {
  const hasTools = ['chrt', 'taskset'].every((tool) => spawnSync(tool, ['--help']).status === 0);
  if (!hasTools) return undefined;
  const loop = `setInterval(() => { const end = performance.now() + ${periodMs * (1 - share)};
    while (performance.now() < end); }, ${periodMs});`;
  const busy = spawn('taskset', ['--cpu-list', '0', process.execPath, '--eval', loop], {
    stdio: 'ignore',
  });
  const stop = (): void => void busy.kill('SIGKILL');
  process.once('exit', stop);
  return {
    command: ['taskset', '--cpu-list', '0', 'chrt', '--idle', '0'],
    close() {
      process.off('exit', stop);
      stop();
    },
  };
}
