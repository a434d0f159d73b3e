/** One life of a function's processes, from their start over their init to their end. */

import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import {
  createExtensionsApi,
  type ExtensionsApi,
  type ExtensionsApiFault,
} from './extensions-api.ts';
import {
  type FunctionConfiguration,
  functionIdentity,
  type InitPhase,
  initializationType,
} from './function-environment.ts';
import type { ProcessExit } from './invocation-result.ts';
import { createManagedRuntimeApi } from './managed-runtime-api.ts';
import { type Release, release } from './release.ts';
import type { RuntimeEvent } from './running-invocation.ts';
import { createRuntimeApi, type InitOutcome, type RuntimeApi } from './runtime-api.ts';
import { extensionNames, openSandbox, type SandboxExit, type SandboxOptions } from './sandbox.ts';
import { type ShutdownReason, shutDown } from './shutdown.ts';
import { initEvents } from './telemetry/init-events.ts';
import {
  createTelemetryApi,
  type TelemetryApi,
  type TelemetryFault,
} from './telemetry/telemetry-api.ts';

export interface ExecutionEnvironment {
  readonly runtimeApi: RuntimeApi;
  readonly extensionsApi: ExtensionsApi;
  readonly telemetryApi: TelemetryApi;
  readonly configuration: FunctionConfiguration;
  readonly pid: () => number | undefined;
  /** The runtime's process and those of external extensions, as far as they run. */
  readonly pids: () => number[];
  /** How the init ended: when the runtime and all extensions ask for an event, or before. */
  readonly initialised: Promise<InitEnd>;
  /** From starting the process to the end of its init; undefined before that. */
  readonly initDurationMs: () => number | undefined;
  /** The same for the first invocation after an init of its own; undefined after that. */
  readonly takeInitDurationMs: () => number | undefined;
  readonly hasExited: () => boolean;
  /** Resolves when a process is gone, which is the end of all, and what it sent is taken in. */
  readonly exited: Promise<Exited>;
  /** Why it cannot go on, in the words of Lambda. */
  readonly failure: () => string;
  /** Hands an event to those who wait for one, thawing them first. */
  readonly release: (event: RuntimeEvent) => Release;
  /** Stops the processes until the next event, if nothing else is under way. */
  readonly freeze: () => void;
  /** Ends the processes within the time that they get for it; once, whatever the reasons. */
  readonly shutDown: (reason: ShutdownReason) => Promise<Exited>;
  /**
   * After an invocation that went wrong: resets the environment. On Managed Instances a timeout is
   * the caller's only, and a late answer is refused.
   */
  readonly giveUp: (reason: 'timeout' | 'failure', release?: Release) => Promise<void>;
  /** Lets a process that cannot go on write its log and exit, then ends it. */
  readonly end: () => Promise<Exited>;
}

export interface EnvironmentOptions extends SandboxOptions {
  readonly freeze: boolean;
  readonly phase: InitPhase;
  readonly extensionsApi: ExtensionsApiFault;
  readonly telemetryApi: TelemetryFault;
  readonly otherExtensions: number;
}

export type InitEnd = InitOutcome | Exited;
export type Exited = { readonly kind: 'exit' } & ProcessExit;

/** What an exit after an init error takes at most; ten times the usual. */
const endLimitMs = 1000;

export function startExecutionEnvironment(options: EnvironmentOptions): ExecutionEnvironment {
  const { configuration, record } = options;
  const managed = configuration.managedInstances !== undefined;
  const extensionsApi = createExtensionsApi({
    identity: functionIdentity(configuration.handler),
    record,
    external: extensionNames(configuration.extensions),
    others: options.otherExtensions,
    managed,
    fault: options.extensionsApi,
  });
  const telemetryApi = createTelemetryApi({
    find: extensionsApi.find,
    managed,
    fault: options.telemetryApi,
  });
  const events = initEvents(telemetryApi, {
    ...functionIdentity(configuration.handler),
    initializationType: initializationType(configuration),
    phase: options.phase,
    memoryMb: configuration.memoryMb,
  });
  const runtimeApi = (managed ? createManagedRuntimeApi : createRuntimeApi)({
    record,
    onFirstNext: extensionsApi.closeRegistration,
  });
  const startedAt = performance.now();
  let initDurationMs: number | undefined;
  let failed: SandboxExit | undefined;
  let frozen = false;
  let ending: Promise<void> | undefined;
  let reported = options.phase === 'invoke';
  const sandbox = openSandbox({
    ...options,
    onLine: (line) => {
      options.onLine(line);
      telemetryApi.emit('function', line);
    },
    onExtensionLine: (line, extension) => {
      options.onExtensionLine(line, extension);
      telemetryApi.emit('extension', line);
    },
  });
  void extensionsApi.externalRegistered.then(() => {
    if (ending === undefined && failed === undefined) sandbox.startRuntime();
  });

  const exited = sandbox.exited.then(async (exit): Promise<Exited> => {
    await runtimeApi.drained();
    failed = exit;
    events.fail(performance.now() - startedAt, environment.failure());
    return { kind: 'exit', exitCode: exit.exitCode, signal: exit.signal };
  });
  const initialised = runtimeApi.initialised.then(async (outcome) => {
    if (outcome.kind !== 'ready') {
      const { errorType: type } = outcome.posted.error;
      record('init-error', { detail: type });
      events.fail(performance.now() - startedAt, type);
      return outcome;
    }
    await extensionsApi.ready();
    telemetryApi.closeSubscription();
    initDurationMs = performance.now() - startedAt;
    events.succeed(initDurationMs, extensionsApi.known());
    record('init-done');
    return outcome;
  });
  const thaw = (): void => {
    if (!frozen) return;
    frozen = false;
    record('thaw');
    sandbox.signal('SIGCONT');
    telemetryApi.resume();
  };
  const environment: ExecutionEnvironment = {
    runtimeApi,
    extensionsApi,
    telemetryApi,
    configuration,
    pid: () => sandbox.runtime()?.pid,
    pids: sandbox.pids,
    initialised: Promise.race([initialised, exited]),
    initDurationMs: () => initDurationMs,
    takeInitDurationMs: () => {
      const duration = reported ? undefined : initDurationMs;
      reported = true;
      return duration;
    },
    hasExited: () => failed !== undefined,
    exited,
    failure: () => extensionsApi.reportedError() ?? errorType(failed),
    release: (event) => {
      thaw();
      return release(runtimeApi, extensionsApi, event);
    },
    freeze: () => {
      if (!options.freeze || managed || frozen || failed !== undefined || ending !== undefined)
        return;
      frozen = true;
      record('freeze');
      telemetryApi.pause();
      sandbox.signal('SIGSTOP');
    },
    shutDown: async (reason) => {
      ending ??= shutDown({
        reason,
        runtime: sandbox.runtime(),
        registered: extensionsApi.count(),
        external: sandbox.external,
        thaw: () => {
          thaw();
          telemetryApi.resume(true);
        },
        announce: (name, deadlineMs) =>
          extensionsApi.shutDown(name, {
            eventType: 'SHUTDOWN',
            shutdownReason: reason,
            deadlineMs,
          }),
        record,
      });
      await ending;
      telemetryApi.stop();
      return exited;
    },
    giveUp: async (reason, release) => {
      if (reason === 'timeout') record('timeout');
      if (reason === 'timeout' && managed && release !== undefined) release.expire?.();
      else await environment.shutDown(reason);
    },
    end: async () => {
      await Promise.race([exited, setTimeout(endLimitMs, undefined, { ref: false })]);
      return environment.shutDown('failure');
    },
  };
  return environment;
}

function errorType(exit: SandboxExit | undefined): string {
  if (exit?.extension === undefined) return 'Runtime.ExitError';
  return exit.started ? 'Extension.Crash' : 'Extension.LaunchError';
}
