/** The process of a function: started in its own group, its output read line by line. */

import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { deferred } from './deferred.ts';
import type { ProcessExit } from './invocation-result.ts';

export interface FunctionProcessOptions {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
}

export interface FunctionProcess {
  readonly pid: number | undefined;
  /** Resolves when the process is gone and all its output has been read. */
  readonly exited: Promise<ProcessExit>;
  readonly hasExited: () => boolean;
  /** Signals the process and all that it started. @default 'SIGKILL' */
  readonly signal: (signal?: NodeJS.Signals) => void;
}

/** How long output of a grandchild that left the process group is waited for. */
const outputLimitMs = 1000;

export function startFunctionProcess(options: FunctionProcessOptions): FunctionProcess {
  const [program = '', ...parameters] = options.command;
  const child = spawn(program, parameters, {
    cwd: options.directory,
    env: options.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what the function starts ends, and is frozen, with it.
    detached: true,
  });
  readLines(child.stdout, options.onLine);
  readLines(child.stderr, options.onLine);
  const signal = (name: NodeJS.Signals = 'SIGKILL'): void => signalGroup(child, name);
  const killWithUs = (): void => signal();
  process.once('exit', killWithUs);
  let hasExited = false;
  const exited = exitOf(child, options.onLine).finally(() => {
    hasExited = true;
    process.off('exit', killWithUs);
  });
  return { pid: child.pid, signal, exited, hasExited: () => hasExited };
}

function readLines(output: Readable, onLine: (line: string) => void): void {
  let rest = '';
  output.setEncoding('utf8');
  output.on('data', (text: string) => {
    // Not at \r: the runtime writes it for the line breaks inside a message.
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  output.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function exitOf(child: ChildProcess, onLine: (line: string) => void): Promise<ProcessExit> {
  const exit = deferred<ProcessExit>();
  const closed = deferred<void>();
  child.once('error', ({ message }) => {
    onLine(`The function's process did not start: ${message}`);
    exit.resolve({ exitCode: 127, signal: null });
  });
  child.once('exit', (exitCode, signal) => exit.resolve({ exitCode, signal }));
  child.once('close', () => closed.resolve());

  const outcome = await exit.promise;
  signalGroup(child, 'SIGKILL');
  await Promise.race([closed.promise, setTimeout(outputLimitMs, undefined, { ref: false })]);
  // What it sent over a socket just before is readable now, and handed on within this turn.
  await setImmediate();
  return outcome;
}
