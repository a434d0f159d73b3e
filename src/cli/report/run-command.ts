/** Runs a command whose output passes through and is kept as well. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../../base/error-code.ts';
import { createOutputKeeper, type OutputKeeper } from './output-excerpt.ts';

/** How it went. */
export interface CommandRun {
  /** The command's, as a shell gives it: 128 and more for a signal, 126 and 127 for no start. */
  readonly exitCode: number;
  /** The same in words. */
  readonly ended: string;
  /** Why it could not be started. */
  readonly problem: string | undefined;
  readonly output: string;
  readonly errorOutput: string;
  readonly durationSeconds: number;
}

// Something it left running may hold its output open for ever.
const restOfOutputMs = 2_000;

export async function runCommand(command: readonly [string, ...string[]]): Promise<CommandRun> {
  const begin = performance.now();
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ['inherit', 'pipe', 'pipe'] });
  const stopForwarding = forwardSignals(child);
  const output = passThrough(child.stdout, process.stdout);
  const errorOutput = passThrough(child.stderr, process.stderr);
  const closed = once(child, 'close').catch(() => undefined);
  const end = await endOf(child, program);
  const durationSeconds = Math.round(performance.now() - begin) / 1_000;
  stopForwarding();
  await Promise.race([closed, sleep(restOfOutputMs, undefined, { ref: false })]);
  child.stdout.destroy();
  child.stderr.destroy();
  return { ...end, durationSeconds, output: output.text(), errorOutput: errorOutput.text() };
}

function passThrough(from: Readable, to: Writable): OutputKeeper {
  const keeper = createOutputKeeper();
  from.on('data', (chunk: Buffer) => keeper.add(chunk));
  from.pipe(to, { end: false });
  // When nobody reads any more, the command is to notice it, as it would without us.
  to.removeAllListeners('error').on('error', () => from.destroy());
  return keeper;
}

type End = Pick<CommandRun, 'exitCode' | 'ended' | 'problem'>;

async function endOf(child: ChildProcess, program: string): Promise<End> {
  try {
    const [code, signal]: [number | null, NodeJS.Signals | null] = await onceExited(child);
    const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
    const ended = signal === null ? `Exit code ${exitCode}` : `Ended by ${signal}`;
    return { exitCode, ended, problem: undefined };
  } catch (error) {
    return notStarted(program, error);
  }
}

function onceExited(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => resolve([code, signal]));
    child.once('error', reject);
  });
}

function notStarted(program: string, error: unknown): End {
  const code = errorCode(error);
  const isMissing = code === 'ENOENT';
  const reason = isMissing ? 'was not found' : `could not be started (${String(code)})`;
  const problem = `The command '${program}' ${reason}.`;
  return { exitCode: isMissing ? 127 : 126, ended: problem, problem };
}

/** What ends this process is meant for the command. */
function forwardSignals(child: ChildProcess): () => void {
  const forward = (signal: NodeJS.Signals): void => {
    // A terminal sends Ctrl-C to the command itself as well.
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, forward);
  return () => {
    for (const signal of signals) process.off(signal, forward);
  };
}
