/** The emulator's process, and that of the function, which the emulator starts. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';

export interface RieProcessOptions {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
}

export interface RieProcess {
  readonly hasExited: () => boolean;
  /** The function's processes that run now. */
  readonly functionPids: () => readonly number[];
  /** As when the environment is shut down: the function has its time to end. */
  readonly shutDown: () => Promise<void>;
}

/** The emulator gives a function two seconds at most. */
const shutDownLimitMs = 5_000;

export function startRieProcess(options: RieProcessOptions): RieProcess {
  const child = spawn(options.command, options.arguments, {
    cwd: options.directory,
    env: options.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', options.onLine);
  }
  const exited = once(child, 'close');
  const kill = (): void => killAll(child);
  process.once('exit', kill);
  return {
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    functionPids: () => childrenOf(child.pid),
    shutDown: async () => {
      const pids = childrenOf(child.pid);
      // Without a function there is nothing to wait for, and the emulator would wait all the same.
      child.kill(pids.length === 0 ? 'SIGKILL' : 'SIGTERM');
      await Promise.race([exited, setTimeout(shutDownLimitMs, undefined, { ref: false })]);
      killAll(child, pids);
      await exited;
      process.off('exit', kill);
    },
  };
}

function killAll(child: ChildProcess, pids: readonly number[] = childrenOf(child.pid)): void {
  child.kill('SIGKILL');
  for (const pid of pids) killGroup(pid);
}

/** The emulator puts each process into a group of its own. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

/** A thread of the emulator has the processes that it started, and any thread may start one. */
function childrenOf(pid: number | undefined): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
      const children = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8');
      return children.split(' ').filter(Boolean).map(Number);
    });
  } catch {
    // The process, or a thread of it, has just ended.
    return [];
  }
}
