/** One life of a function's process, from its start over its init to its end. */

import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import {
  type FunctionConfiguration,
  functionEnvironment,
  nodeCommandLine,
} from './function-environment.ts';
import { startFunctionProcess } from './function-process.ts';
import type { ProcessExit } from './invocation-result.ts';
import { createRuntimeApi, type InitOutcome, type RuntimeApi } from './runtime-api.ts';

export interface ExecutionEnvironment {
  readonly runtimeApi: RuntimeApi;
  readonly pid: number | undefined;
  /** How the init ended. */
  readonly initialised: Promise<InitEnd>;
  /** From starting the process to its first call for an event; undefined before that. */
  readonly initDurationMs: () => number | undefined;
  readonly hasExited: () => boolean;
  /** Resolves when the process is gone and all that it sent has been taken in. */
  readonly exited: Promise<Exited>;
  /** Kills the process, and all that it started, if it is not gone. */
  readonly kill: () => Promise<Exited>;
  /** Lets a process that cannot go on write its log and exit, then kills it. */
  readonly end: () => Promise<Exited>;
}

export type InitEnd = InitOutcome | Exited;
export type Exited = { readonly kind: 'exit' } & ProcessExit;

/** What an exit after an init error takes at most; ten times the usual. */
const endLimitMs = 1000;

export function startExecutionEnvironment(
  configuration: FunctionConfiguration,
  onLine: (line: string) => void,
): ExecutionEnvironment {
  const runtimeApi = createRuntimeApi();
  const startedAt = performance.now();
  let initDurationMs: number | undefined;
  let hasExited = false;
  const child = startFunctionProcess({
    command: configuration.client.node,
    arguments: nodeCommandLine(configuration),
    directory: configuration.taskRoot,
    environment: functionEnvironment(configuration),
    onLine,
  });

  const exited = child.exited.then(async (exit): Promise<Exited> => {
    await runtimeApi.drained();
    hasExited = true;
    return { kind: 'exit', ...exit };
  });
  const initialised = runtimeApi.initialised.then((outcome) => {
    if (outcome.kind === 'ready') initDurationMs = performance.now() - startedAt;
    return outcome;
  });
  const kill = (): Promise<Exited> => {
    if (!hasExited) child.signal();
    return exited;
  };
  return {
    runtimeApi,
    pid: child.pid,
    initialised: Promise.race([initialised, exited]),
    initDurationMs: () => initDurationMs,
    hasExited: () => hasExited,
    exited,
    kill,
    end: async () => {
      await Promise.race([exited, setTimeout(endLimitMs, undefined, { ref: false })]);
      return kill();
    },
  };
}
