/** Runs a handler as Lambda does: the real runtime client in a process, against emulated APIs. */

import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { RuntimeClient } from '../runtime-client/installed-client.ts';
import { ensureRuntimeClient } from '../runtime-client/runtime-client.ts';
import { openCpuShare, usualCpuShare } from './cpu-share.ts';
import { type ExecutionEnvironment, startExecutionEnvironment } from './execution-environment.ts';
import type { InitPhase } from './function-environment.ts';
import { runInvocation } from './invocation.ts';
import type { InvocationResult, ProcessExit } from './invocation-result.ts';
import type { InvokeOptions, LambdaOptions } from './lambda-options.ts';
import { mergeLayers } from './merged-layers.ts';
import { startPlatformServer } from './platform-server.ts';
import type { ShutdownReason } from './shutdown.ts';
import { openTemporaryFolder } from './temporary-folder.ts';
import { createTimeline, type Moment } from './timeline.ts';
import { createTurns } from './turns.ts';

export type { InvokeOptions, LambdaOptions } from './lambda-options.ts';

export interface Lambda extends AsyncDisposable {
  /**
   * Resolves when a caller would have the answer; runtime and extensions may go on, see `settled`
   * of it. One event at a time: the next one waits until the environment has settled.
   *
   * @param event sent as JSON
   */
  readonly invoke: (event: unknown, options?: InvokeOptions) => Promise<InvocationResult>;
  readonly runtimeClient: RuntimeClient;
  /** Every line on stdout and stderr since the start, those of inits included. */
  readonly logs: readonly string[];
  /** What happened since the start, in order. */
  readonly timeline: readonly Moment[];
  /** The last init: from starting the process until runtime and extensions asked for an event. */
  readonly initDurationMs: number | undefined;
  /** The function's process, if one runs. */
  readonly pid: number | undefined;
  /** The folder that stands for `/tmp`; it survives resets. */
  readonly tmp: string;
  /** The folder that stands for `/opt`, where there are layers. */
  readonly opt: string | undefined;
  /** Breaks the connections on which extensions wait for an event; says how many there were. */
  readonly dropExtensionPolls: () => number;
  /**
   * Ends the processes when the environment is idle, as Lambda does with one that it no longer
   * needs. An invocation after that starts them anew, in the same `/tmp`.
   *
   * @param reason @default 'spindown'
   */
  readonly shutdown: (reason?: ShutdownReason) => Promise<ProcessExit | undefined>;
  /** Ends the function's process, within the time that Lambda gives it, and closes the APIs. */
  readonly close: () => Promise<void>;
}

/** Lambda's limits; an init that failed is repeated by the first invocation, in its time. */
const initLimitsMs = { 'on-demand': 10_000, 'provisioned-concurrency': 130_000 };

/**
 * Starts an execution environment and waits for its init, which may have failed: then, as after a
 * crash or a timeout, the next invocation starts the process anew.
 *
 * @example
 * await using lambda = await startLambda({ handler: 'agent.handler', taskRoot: functions });
 * const result = await lambda.invoke({ question: 'why?' });
 */
export async function startLambda(options: LambdaOptions): Promise<Lambda> {
  const client = await ensureRuntimeClient(options.runtime);
  const { timeoutMs = 3000, initializationType = 'on-demand', managedInstances } = options;
  const { initLimitMs = initLimitsMs[initializationType] } = options;
  const logs: string[] = [];
  const { moments, record } = createTimeline();
  const turns = createTurns(managedInstances?.maxConcurrency ?? 1);
  /** Of the invocations that run, or of the last one until the next begins. */
  const logsOfInvocations = new Set<string[]>();
  let environment: ExecutionEnvironment | undefined;
  let closed = false;

  const { cpuShare = usualCpuShare } = options;
  const cpu = cpuShare === undefined ? undefined : openCpuShare(cpuShare);
  const folder = await openTemporaryFolder(options.tmp);
  const opt = mergeLayers(options.layers ?? []);
  const server = await startPlatformServer([
    (request, response) => environment?.runtimeApi.handle(request, response) ?? false,
    (request, response) => environment?.extensionsApi.handle(request, response) ?? false,
    (request, response) => environment?.telemetryApi.handle(request, response) ?? false,
  ]);
  const start = (phase: InitPhase): ExecutionEnvironment =>
    startExecutionEnvironment({
      configuration: {
        client,
        handler: options.handler,
        taskRoot: options.taskRoot,
        memoryMb: options.memoryMb ?? 128,
        variables: options.environment ?? {},
        nodeArguments: options.nodeArguments ?? [],
        runtimeApi: server.address,
        tmp: folder.path,
        initializationType,
        managedInstances,
        extensions: options.extensions ?? opt?.extensions,
        opt: opt?.path,
        entryPoint: options.entryPoint,
        launcher: cpu?.command,
      },
      onLine: (line) => {
        logs.push(line);
        for (const ofInvocation of logsOfInvocations) ofInvocation.push(line);
      },
      onExtensionLine: (line) => void logs.push(line),
      record,
      freeze: options.freeze ?? true,
      phase,
      telemetryApi: options.telemetryApi ?? 'available',
      extensionsApi: options.extensionsApi ?? 'available',
      otherExtensions: options.otherExtensions ?? 0,
    });

  let restarting: Promise<ExecutionEnvironment> | undefined;
  const restart = async (): Promise<ExecutionEnvironment> => {
    // Of an extension that ended between two events the runtime may be left.
    await environment?.shutDown('failure');
    environment = start(managedInstances === undefined ? 'invoke' : 'init');
    restarting = undefined;
    return environment;
  };
  /** Of invocations that run at once the first one restarts it for all. */
  const runningEnvironment = async (): Promise<ExecutionEnvironment> => {
    if (environment !== undefined && !environment.hasExited()) return environment;
    restarting ??= restart();
    return restarting;
  };

  const runNext = async (body: string, given: InvokeOptions): Promise<InvocationResult> => {
    if (closed) throw new Error('The function was closed before its turn came.');
    const ofInvocation: string[] = [];
    if (managedInstances === undefined) logsOfInvocations.clear();
    logsOfInvocations.add(ofInvocation);
    const running = await runningEnvironment();
    const { requestId = randomUUID(), ...rest } = given;
    const invocation = { body, requestId, timeoutMs, logs: ofInvocation, ...rest };
    const result = await runInvocation(running, invocation);
    if (managedInstances !== undefined) logsOfInvocations.delete(ofInvocation);
    return result;
  };
  const shutdown = async (reason: ShutdownReason): Promise<ProcessExit | undefined> => {
    if (environment === undefined || environment.hasExited()) return undefined;
    const { exitCode, signal } = await environment.shutDown(reason);
    return { exitCode, signal };
  };
  const close = async (): Promise<void> => {
    closed = true;
    await environment?.shutDown('spindown');
    await server[Symbol.asyncDispose]();
    await folder.remove();
    opt?.remove();
    cpu?.close();
  };

  environment = start('init');
  const init = await Promise.race([
    environment.initialised,
    setTimeout(initLimitMs, undefined, { ref: false }),
  ]);
  if (init === undefined) await environment.shutDown('failure');
  else if (init.kind === 'ready') environment.freeze();
  else await environment.end();
  return {
    invoke: (event, given = {}) => {
      const body = JSON.stringify(event ?? null);
      return turns.take(
        () => runNext(body, given),
        ({ settled }) => settled,
      );
    },
    runtimeClient: client,
    logs,
    timeline: moments,
    get initDurationMs() {
      return environment?.initDurationMs();
    },
    get pid() {
      return environment?.hasExited() ? undefined : environment?.pid();
    },
    tmp: folder.path,
    opt: opt?.path,
    dropExtensionPolls: () => environment?.extensionsApi.dropPolls() ?? 0,
    shutdown: (reason = 'spindown') =>
      turns.take(
        () => shutdown(reason),
        async () => {},
      ),
    close,
    [Symbol.asyncDispose]: close,
  };
}
