/** Runs a handler as Lambda does: the real runtime client in a process, against emulated APIs. */

import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { ensureRuntimeClient, type RuntimeClient } from '../runtime-client/runtime-client.ts';
import { type ExecutionEnvironment, startExecutionEnvironment } from './execution-environment.ts';
import { runInvocation } from './invocation.ts';
import type { InvocationResult } from './invocation-result.ts';
import { startPlatformServer } from './platform-server.ts';
import type { CallerLeaves } from './posted-answer.ts';

export interface LambdaOptions {
  /** As in the function's configuration: `file.export`, without the suffix. */
  readonly handler: string;
  /** The function's folder, in Lambda `/var/task`. */
  readonly taskRoot: string;
  /** The function's environment variables. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default 3000, as in Lambda */
  readonly timeoutMs?: number;
  /** @default 128, as in Lambda; it sets the heap's limits */
  readonly memoryMb?: number;
  /** Flags for Node.js beside those of the runtime. @default none */
  readonly nodeArguments?: readonly string[];
}

export interface InvokeOptions {
  /** @default a new UUID; the same one again stands for a retried asynchronous event */
  readonly requestId?: string;
  readonly clientContext?: unknown;
  readonly tenantId?: string;
  /** @default the caller of a streamed response stays to its end */
  readonly callerLeaves?: CallerLeaves;
}

export interface Lambda extends AsyncDisposable {
  /**
   * Resolves when a caller would have the answer; the runtime may go on, see `settled` of it.
   * One event at a time: the next one waits until the environment has settled.
   *
   * @param event sent as JSON
   */
  readonly invoke: (event: unknown, options?: InvokeOptions) => Promise<InvocationResult>;
  readonly runtimeClient: RuntimeClient;
  /** Every line on stdout and stderr since the start, those of inits included. */
  readonly logs: readonly string[];
  /** The last init: from starting the process to its first call for an event. */
  readonly initDurationMs: number | undefined;
  /** The function's process, if one runs. */
  readonly pid: number | undefined;
  /** Kills the function's process and closes the APIs. */
  readonly close: () => Promise<void>;
}

/** Lambda's limit; an init that failed is repeated by the first invocation, in its time. */
const initLimitMs = 10_000;

/**
 * Starts an execution environment and waits for its init, which may have failed: then, as after a
 * crash or a timeout, the next invocation starts the process anew.
 *
 * @example
 * await using lambda = await startLambda({ handler: 'agent.handler', taskRoot: functions });
 * const result = await lambda.invoke({ question: 'why?' });
 */
export async function startLambda(options: LambdaOptions): Promise<Lambda> {
  const client = await ensureRuntimeClient();
  const logs: string[] = [];
  let invocationLogs: string[] = [];
  let environment: ExecutionEnvironment | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let closed = false;

  const server = await startPlatformServer([
    (request, response) => environment?.runtimeApi.handle(request, response) ?? false,
  ]);
  const start = (): ExecutionEnvironment =>
    startExecutionEnvironment(
      {
        client,
        handler: options.handler,
        taskRoot: options.taskRoot,
        memoryMb: options.memoryMb ?? 128,
        variables: options.environment ?? {},
        nodeArguments: options.nodeArguments ?? [],
        runtimeApi: server.address,
      },
      (line) => {
        logs.push(line);
        invocationLogs.push(line);
      },
    );

  const runNext = async (body: string, given: InvokeOptions): Promise<InvocationResult> => {
    if (closed) throw new Error('The function was closed before its turn came.');
    invocationLogs = [];
    if (environment === undefined || environment.hasExited()) environment = start();
    const { requestId = randomUUID(), ...rest } = given;
    const { timeoutMs = 3000 } = options;
    return runInvocation(environment, {
      body,
      requestId,
      timeoutMs,
      logs: invocationLogs,
      ...rest,
    });
  };
  const invoke = (event: unknown, given: InvokeOptions = {}): Promise<InvocationResult> => {
    const body = JSON.stringify(event ?? null);
    const result = turn.then(() => runNext(body, given));
    turn = result.then(({ settled }) => settled).catch(() => {});
    return result;
  };
  const close = async (): Promise<void> => {
    closed = true;
    await environment?.kill();
    await server[Symbol.asyncDispose]();
  };

  environment = start();
  const init = await Promise.race([
    environment.initialised,
    setTimeout(initLimitMs, undefined, { ref: false }),
  ]);
  if (init?.kind !== 'ready') await environment.end();
  return {
    invoke,
    runtimeClient: client,
    logs,
    get initDurationMs() {
      return environment?.initDurationMs();
    },
    get pid() {
      return environment?.hasExited() ? undefined : environment?.pid;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
