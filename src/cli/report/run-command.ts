/** Runs a command, passes its output through and keeps an excerpt of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../../base/error-code.ts';
import { createOutputExcerpt, type OutputExcerpt } from './output-excerpt.ts';

export interface CommandResult {
  /** As in a shell: 128 plus the number of a signal; 126 or 127 if the command did not start. */
  readonly exitCode: number;
  /** The exit code or signal in words. */
  readonly outcome: string;
  /** Why the command could not be started. */
  readonly startError: string | undefined;
  readonly output: string;
  readonly errorOutput: string;
  readonly durationSeconds: number;
}

// A background process of the command may keep its output open forever.
const outputDrainMs = 2_000;

export async function runCommand(command: readonly [string, ...string[]]): Promise<CommandResult> {
  const startedAt = performance.now();
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ['inherit', 'pipe', 'pipe'] });
  const stopForwarding = forwardSignals(child);
  const output = tee(child.stdout, process.stdout);
  const errorOutput = tee(child.stderr, process.stderr);
  const closed = once(child, 'close').catch(() => undefined);
  const exit = await waitForExit(child, program);
  const durationSeconds = Math.round(performance.now() - startedAt) / 1_000;
  stopForwarding();
  await Promise.race([closed, sleep(outputDrainMs, undefined, { ref: false })]);
  child.stdout.destroy();
  child.stderr.destroy();
  return { ...exit, durationSeconds, output: output.text(), errorOutput: errorOutput.text() };
}

function tee(from: Readable, to: Writable): OutputExcerpt {
  const excerpt = createOutputExcerpt();
  from.on('data', (chunk: Buffer) => excerpt.add(chunk));
  from.pipe(to, { end: false });
  // If the reader closes our output, the command gets a closed pipe too, as if it ran directly.
  to.removeAllListeners('error').on('error', () => from.destroy());
  return excerpt;
}

type CommandExit = Pick<CommandResult, 'exitCode' | 'outcome' | 'startError'>;

async function waitForExit(child: ChildProcess, program: string): Promise<CommandExit> {
  try {
    const [code, signal]: [number | null, NodeJS.Signals | null] = await exitEvent(child);
    const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
    const outcome = signal === null ? `Exit code ${exitCode}` : `Ended by ${signal}`;
    return { exitCode, outcome, startError: undefined };
  } catch (error) {
    return startFailure(program, error);
  }
}

function exitEvent(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => resolve([code, signal]));
    child.once('error', reject);
  });
}

function startFailure(program: string, error: unknown): CommandExit {
  const code = errorCode(error);
  const isMissing = code === 'ENOENT';
  const reason = isMissing ? 'was not found' : `could not be started (${String(code)})`;
  const startError = `The command '${program}' ${reason}.`;
  return { exitCode: isMissing ? 127 : 126, outcome: startError, startError };
}

/** Forwards termination signals of this process to the command. */
function forwardSignals(child: ChildProcess): () => void {
  const forward = (signal: NodeJS.Signals): void => {
    // A terminal sends Ctrl-C to the command itself too.
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, forward);
  return () => {
    for (const signal of signals) process.off(signal, forward);
  };
}
