/** The processes of one environment: external extensions, and the runtime after them. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Deferred, deferred } from './deferred.ts';
import {
  extensionEnvironment,
  type FunctionConfiguration,
  functionEnvironment,
  runtimeCommand,
} from './function-environment.ts';
import { type FunctionProcess, startFunctionProcess } from './function-process.ts';
import type { ProcessExit } from './invocation-result.ts';
import type { ExternalProcess } from './shutdown.ts';
import type { RecordMoment } from './timeline.ts';

export interface Sandbox {
  readonly external: readonly ExternalProcess[];
  readonly runtime: () => FunctionProcess | undefined;
  readonly startRuntime: () => void;
  readonly pids: () => number[];
  /** Resolves when the first of them has exited, whichever that is. */
  readonly exited: Promise<SandboxExit>;
  readonly signal: (signal: NodeJS.Signals) => void;
}

/** Which process went; without an extension it was the runtime. */
export interface SandboxExit extends ProcessExit {
  readonly extension?: string;
  /** Whether the process could be started at all. */
  readonly started: boolean;
}

export interface SandboxOptions {
  readonly configuration: FunctionConfiguration;
  readonly record: RecordMoment;
  readonly onLine: (line: string) => void;
  readonly onExtensionLine: (line: string, extension: string) => void;
}

/** The files of a folder as Lambda has them in `/opt/extensions`; folders are left out. */
export function extensionNames(folder: string | undefined): string[] {
  if (folder === undefined) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
}

/** Starts the extensions at once; the runtime only when it is asked to. */
export function openSandbox(options: SandboxOptions): Sandbox {
  const { configuration, record } = options;
  const exited = deferred<SandboxExit>();
  const names = extensionNames(configuration.extensions);
  const external = names.map((name) => startExtension(options, name, exited));
  let runtime: FunctionProcess | undefined;
  const running = (): FunctionProcess[] =>
    [...external.map(({ process }) => process), runtime ?? []]
      .flat()
      .filter((process) => !process.hasExited());
  return {
    external,
    runtime: () => runtime,
    startRuntime: () => {
      record('process-start');
      runtime = startRuntime(options, exited);
    },
    exited: exited.promise,
    pids: () => running().flatMap(({ pid }) => pid ?? []),
    signal: (signal) => {
      for (const process of running()) process.signal(signal);
    },
  };
}

function startExtension(
  { configuration, record, onExtensionLine }: SandboxOptions,
  name: string,
  exited: Deferred<SandboxExit>,
): ExternalProcess {
  record('extension-start', { extension: name });
  const process = startFunctionProcess({
    command: launched(configuration, join(configuration.extensions ?? '', name)),
    directory: '/',
    environment: extensionEnvironment(configuration),
    onLine: (line) => onExtensionLine(line, name),
  });
  void process.exited.then((exit) => {
    record('exit', { extension: name, detail: String(exit.signal ?? exit.exitCode) });
    exited.resolve({ ...exit, extension: name, started: process.pid !== undefined });
  });
  return { name, process };
}

function startRuntime(
  { configuration, record, onLine }: SandboxOptions,
  exited: Deferred<SandboxExit>,
): FunctionProcess {
  const process = startFunctionProcess({
    command: launched(configuration, ...runtimeCommand(configuration)),
    directory: configuration.taskRoot,
    environment: functionEnvironment(configuration),
    onLine,
  });
  void process.exited.then((exit) => {
    record('exit', { detail: String(exit.signal ?? exit.exitCode) });
    exited.resolve({ ...exit, started: process.pid !== undefined });
  });
  return process;
}

function launched(
  { launcher = [] }: FunctionConfiguration,
  ...command: readonly string[]
): readonly string[] {
  return [...launcher, ...command];
}
