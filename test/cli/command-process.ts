/** Runs the command as users do: in its own process, with pipes or on a terminal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const cli = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface CommandOptions {
  /** Base URL of the platform. */
  readonly url?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Buffer | undefined;
  readonly nodeFlags?: readonly string[];
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command and waits until it exits. */
export async function run(
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const child = start(args, options);
  closeInput(child, options.stdin);
  return endOf(child);
}

export function start(
  args: readonly string[],
  { url, env, nodeFlags = [] }: CommandOptions = {},
): ChildProcess {
  return spawnForTest(process.execPath, [...nodeFlags, cli, ...args], {
    ...(url !== undefined && { XPANDER_BASE_URL: url }),
    ...env,
  });
}

/** Runs the command on a terminal of this width; `stdout` is what the terminal receives. */
export async function runOnTerminal(
  args: readonly string[],
  columns: number,
  options: CommandOptions = {},
): Promise<CommandResult> {
  const child = startOnTerminal(args, columns, options);
  closeInput(child);
  return endOf(child);
}

export function startOnTerminal(
  args: readonly string[],
  columns: number,
  { url, env }: CommandOptions = {},
): ChildProcess {
  const words = [process.execPath, cli, ...args].map((word) => `'${word}'`).join(' ');
  return spawnForTest('script', ['-qec', `stty cols ${columns}; exec ${words}`, '/dev/null'], {
    ...(url !== undefined && { XPANDER_BASE_URL: url }),
    TERM: 'xterm-256color',
    PATH: process.env['PATH'] ?? '',
    ...env,
  });
}

/** Waits until the command exits. */
export async function endOf(child: ChildProcess): Promise<CommandResult> {
  const [stdout, stderr, [code]] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    once(child, 'exit'),
  ]);
  return { code, stdout, stderr };
}

/** Ignores the error of a command that exits without reading its input. */
function closeInput(child: ChildProcess, stdin: string | Buffer = ''): void {
  child.stdin?.on('error', () => {}).end(stdin);
}

function spawnForTest(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcess {
  const child = spawn(program, args, { env: { TZ: 'UTC', ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}
