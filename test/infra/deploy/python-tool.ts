/** Runs a program of the Python that moto is in. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Python } from './ensure-python.ts';

export interface ToolCall {
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface ToolResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const folder = fileURLToPath(new URL('.', import.meta.url));

/** @param program - `aws`, `cfn-lint`, or `python` */
export async function runTool(
  python: Python,
  program: string,
  args: readonly string[],
  { stdin = '', environment = {} }: ToolCall = {},
): Promise<ToolResult> {
  if (python.kind === 'missing') throw new Error(python.reason);
  const child = spawn(`${python.bin}/${program}`, args, {
    cwd: folder,
    env: {
      PATH: `${python.bin}:${process.env['PATH']}`,
      HOME: process.env['HOME'],
      PYTHONDONTWRITEBYTECODE: '1',
      AWS_PAGER: '',
      ...environment,
    },
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  child.stdin.on('error', () => {}).end(stdin);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { exitCode: await ended, stdout, stderr };
}

/** @throws Error with what the program said, if it fails */
export async function succeed(running: Promise<ToolResult>): Promise<string> {
  const { exitCode, stdout, stderr } = await running;
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${stdout}${stderr}`);
  return stdout;
}
