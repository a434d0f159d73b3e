/** The command as its users call it: a process of its own, in a pipe or on a terminal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const cli = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface Call {
  /** Base URL of the platform. */
  readonly url?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command to its end. */
export async function run(args: readonly string[], call: Call = {}): Promise<Ended> {
  return endOf(start(args, call), call.stdin);
}

export function start(args: readonly string[], { url, env }: Call = {}): ChildProcess {
  return started(process.execPath, [cli, ...args], {
    ...(url !== undefined && { XPANDER_BASE_URL: url }),
    ...env,
  });
}

/** Runs the command on a terminal with so many columns; `stdout` is what the terminal receives. */
export async function runOnTerminal(
  args: readonly string[],
  columns: number,
  call: Call = {},
): Promise<Ended> {
  return endOf(startOnTerminal(args, columns, call));
}

export function startOnTerminal(
  args: readonly string[],
  columns: number,
  { url, env }: Call = {},
): ChildProcess {
  const words = [process.execPath, cli, ...args].map((word) => `'${word}'`).join(' ');
  return started('script', ['-qec', `stty cols ${columns}; exec ${words}`, '/dev/null'], {
    ...(url !== undefined && { XPANDER_BASE_URL: url }),
    TERM: 'xterm-256color',
    PATH: process.env['PATH'] ?? '',
    ...env,
  });
}

export async function endOf(child: ChildProcess, stdin = ''): Promise<Ended> {
  child.stdin?.on('error', () => {}).end(stdin);
  const [stdout, stderr, [code]] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    once(child, 'exit'),
  ]);
  return { code, stdout, stderr };
}

/** A file that is gone with the test. */
export function temporaryFile(name: string, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'command-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

function started(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcess {
  const child = spawn(program, args, { env: { TZ: 'UTC', ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}
