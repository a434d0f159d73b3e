/** Starts a process through the layer's exec wrapper, like Lambda. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const builtLayer = fileURLToPath(new URL('../../layer/dist/reporter', import.meta.url));

/** Loads a handler by name like a runtime and prints what the function saw. */
const runtime = `import { resolve } from 'node:path';
const called = process.env._HANDLER;
const dot = called.lastIndexOf('.');
await import(resolve(process.env.LAMBDA_TASK_ROOT, called.slice(0, dot)) + '.mjs');
console.log(JSON.stringify({ called, ...globalThis.seen }));
`;
const agent = `globalThis.seen = {
  environment: { ...process.env }, flags: process.execArgv, trail: globalThis.trail ?? [],
};
export const handler = async () => 'answer';
`;

/** Folders that stand for `/opt` and `/var/task`. */
export interface Sandbox {
  readonly opt: string;
  readonly task: string;
  /** A file that replaces the runtime client. */
  readonly runtime: string;
  readonly execWrapper: string;
  /** Name of the layer's handler. */
  readonly ours: string;
  /** Adds a file, executable if it is a script. @returns its path */
  readonly add: (name: string, content: string) => string;
}

/** @param name - of the folder that stands for `/opt` */
export function openSandbox(name = 'opt'): Sandbox {
  const root = mkdtempSync(join(tmpdir(), 'exec-wrapper-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const opt = join(root, name);
  cpSync(builtLayer, opt, { recursive: true });
  const add = (file: string, content: string): string => {
    const path = join(root, file);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
    if (content.startsWith('#!')) chmodSync(path, 0o755);
    return path;
  };
  add('task/agent.mjs', agent);
  return {
    opt,
    task: join(root, 'task'),
    runtime: add('runtime/index.mjs', runtime),
    execWrapper: join(opt, 'xpander-lambda', 'exec-wrapper'),
    ours: join(opt, 'xpander-lambda', 'handler.handler'),
    add,
  };
}

export interface StartOptions {
  /** The program and its parameters. @default the sandbox's exec wrapper and runtime */
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
}

/** What the function saw while it was loaded. */
export interface SeenByFunction {
  /** The name of the handler that the runtime client got. */
  readonly called: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Flags of Node.js. */
  readonly flags: readonly string[];
  /** Entries of preloads and wrappers, in order. */
  readonly trail: readonly string[];
}

/** How Lambda starts the runtime of Node.js. */
export function nodeCommand(sandbox: Sandbox): readonly string[] {
  return [process.execPath, '--max-http-header-size', '81920', sandbox.runtime];
}

export async function start(sandbox: Sandbox, options: StartOptions = {}): Promise<Ended> {
  const [file = '', ...parameters] = options.command ?? [
    sandbox.execWrapper,
    ...nodeCommand(sandbox),
  ];
  const child = spawn(file, parameters, {
    cwd: sandbox.task,
    env: {
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      LAMBDA_TASK_ROOT: sandbox.task,
      _HANDLER: 'agent.handler',
      XPANDER_AGENT_ID: 'agent-123',
      XPANDER_API_KEY: 'key-of-the-test',
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
  const [output, errors, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { exitCode, output, errors };
}

/** @throws Error with what was printed, if the function was not loaded */
export async function startFunction(
  sandbox: Sandbox,
  options: StartOptions = {},
): Promise<SeenByFunction & { readonly errors: string }> {
  const { exitCode, output, errors } = await start(sandbox, options);
  if (exitCode !== 0) throw new Error(`The process ended with ${exitCode}: ${output}${errors}`);
  const seen: SeenByFunction = JSON.parse(output);
  return { ...seen, errors };
}
