/**
 * The composition root: invocation observes an invocation, report builds its report, delivery sends
 * it. Internal errors are logged here and go no further.
 */

import { createLog, type Log, warnOnce } from '../base/log.ts';
import { isManagedInstance } from '../base/managed-instance.ts';
import type { TaskReporterOptions } from '../config/options.ts';
import { type ReporterSettings, resolveOptions } from '../config/resolve-options.ts';
import { sharedFreezes } from '../delivery/execution-environment/freezes.ts';
import {
  runsFolder,
  type Storage,
  storageFolder,
} from '../delivery/execution-environment/storage.ts';
import { sharedJournal } from '../delivery/journal/run-journal.ts';
import { observeRuntimeClient } from '../delivery/lambda-extension/runtime-client.ts';
import { chooseStrategy } from '../delivery/strategy.ts';
import {
  addActiveInvocation,
  currentInvocation,
  outerInvocation,
  removeActiveInvocation,
} from '../invocation/current-task.ts';
import { Invocation } from '../invocation/invocation.ts';
import { readContext } from '../invocation/lambda-context.ts';
import type { Outcome } from '../invocation/outcome.ts';
import { instrumentClients } from '../llm/instrumentation/instrument-clients.ts';
import { joinSentinel } from '../sentinel/client/sentinel-connection.ts';
import { nameDestination } from '../sentinel/protocol/destination-name.ts';
import { contained, logInternalError } from './internal-errors.ts';
import { createLateParts } from './late-parts.ts';
import { recoverBeforeFirstEvent } from './recovery.ts';
import { createTaskLifecycle, type TaskLifecycle } from './task-lifecycle.ts';
import { durableEventIn, taskId, taskInput } from './task-start.ts';

/** Observes and reports invocations. Its methods never throw, its promises never reject. */
export interface Reporter {
  /** How much of a streamed response is kept, in bytes. */
  readonly maxBytes: number;
  /** A task starts. Undefined if another reporter has it, or if it cannot be observed. */
  readonly begin: (event: unknown, context: unknown) => Invocation | undefined;
  /** Whether the response may have to wait for what `settled` returns. */
  readonly isAwaited: (invocation: Invocation) => boolean;
  /** Whether what the runtime hands over decides how a task ends. */
  readonly isTied: (invocation: Invocation) => boolean;
  /**
   * The handler has ended, or its outcome is corrected.
   *
   * @returns what the response has to wait for
   */
  readonly settled: (invocation: Invocation, outcome: Outcome) => Promise<void> | undefined;
  /** Does an adapter's own work; undefined when that fails. */
  readonly contain: <T>(work: () => T) => T | undefined;
}

export interface ReporterPlace {
  /**
   * Whether it stands around the function's code and knows only the environment: a reporter in the
   * code knows more, and then reports the task in its stead. @default false
   */
  readonly yieldsToInner?: boolean;
}

/**
 * A reporter for the options, or undefined when nothing is to be reported.
 *
 * @throws ConfigurationError when an option is wrong
 */
export function createReporter<Event, Response>(
  options?: TaskReporterOptions<Event, Response>,
  place: ReporterPlace = {},
): Reporter | undefined {
  const resolved = resolveOptions(options);
  switch (resolved.kind) {
    case 'switched-off':
      return undefined;
    case 'disabled': {
      const log = createLog(resolved.logLevel);
      for (const message of [...resolved.warnings, resolved.reason]) warnOnce(log, message);
      return undefined;
    }
    case 'enabled': {
      const log = createLog(resolved.settings.logLevel);
      for (const message of resolved.warnings) warnOnce(log, message);
      return reporterFor(resolved.settings, log, place);
    }
  }
}

/** The tasks of all reporters that run, or whose reports are neither sent nor kept. */
const open = new Set<TaskLifecycle>();

function reporterFor(
  settings: ReporterSettings,
  log: Log,
  { yieldsToInner = false }: ReporterPlace,
): Reporter {
  if (settings.llmTaps) instrumentClients(currentInvocation, log);
  const llmHosts = settings.llmTaps ? lowerCase(settings.llmHosts) : undefined;
  const runtime = observeRuntimeClient(process.env);
  const strategy = chooseStrategy(settings.delivery, process.env, runtime, log.warn);
  const folder = storageFolder(process.env);
  const storage = folder === undefined ? undefined : storageIn(folder, settings);
  const stubs = folder ? sharedJournal(runsFolder(folder)) : undefined;
  const sentinel = folder
    ? joinSentinel(folder, nameDestination(settings, process.env))
    : undefined;
  const logError = (error: unknown): void => logInternalError(log, error);
  const ownsSpool = (): boolean => !sentinel?.ownsSpool();
  const { load, postponed } = createLateParts({
    ...{ settings, log, open, ownsSpool, logError, storage },
    // The sentinel is notified of the end after this process, and waits for what that does.
    hearsOfEnd: () => !storage?.endsUnannounced && ownsSpool(),
  });
  if (storage && runtime && ownsSpool())
    recoverBeforeFirstEvent(storage, settings, runtime, load, logError);
  const warmth = { isWarm: false };
  const tasks = new WeakMap<Invocation, TaskLifecycle>();
  /** Of tasks that stand for a whole invocation, by its request id. */
  const whole = new Map<string, TaskLifecycle>();

  const begin = (event: unknown, context: unknown): Invocation | undefined => {
    const lambda = readContext(context);
    const around = outerInvocation(event, lambda);
    if (around?.yieldsToInner) {
      around.recorder.skip();
      removeActiveInvocation(around);
    } else if (around?.agentId === settings.agentId) {
      log.debug(`task ${around.id} is already reported by an outer wrapper.`);
      return undefined;
    }
    const handled = runtime?.current(lambda.awsRequestId);
    const lambdaEvent = durableEventIn(handled) ?? event;
    const invocation = new Invocation({
      id: taskId(event, context, lambda, lambdaEvent, settings, log),
      agentId: settings.agentId,
      event,
      lambdaEvent,
      context: lambda,
      requestId: lambda.awsRequestId ?? handled?.requestId,
      deadlineMs: handled?.deadlineMs,
      input: taskInput(event, context, settings, log),
      yieldsToInner,
      llmHosts,
      warn: log.warn,
    });
    const { requestId } = invocation;
    // Nobody says there when the environment may be frozen.
    if (storage && !runtime && requestId !== undefined) sharedFreezes().taskBegan(requestId);
    const earlier = requestId === undefined ? undefined : whole.get(requestId);
    // Several of one invocation are parts of it: then its response is not theirs.
    const isJoined = earlier?.joinedBy(invocation.remainingMs()) ?? false;
    const isWhole = !isJoined && (around === undefined || around.yieldsToInner);
    const task = createTaskLifecycle(invocation, {
      ...{ settings, strategy, stubs, sentinel, load, warmth, postponed, logError },
      runtime: isWhole ? runtime : undefined,
      onSettled: () => removeActiveInvocation(invocation),
      onClosed: () => {
        open.delete(task);
        if (requestId !== undefined && whole.get(requestId) === task) whole.delete(requestId);
      },
    });
    tasks.set(invocation, task);
    if (isWhole && requestId !== undefined) whole.set(requestId, task);
    open.add(task);
    addActiveInvocation(invocation);
    return invocation;
  };

  return {
    maxBytes: settings.maxBytes,
    begin: (event, context) => contained(log, () => begin(event, context)),
    isAwaited: (invocation) => tasks.get(invocation)?.isAwaited ?? false,
    isTied: (invocation) => tasks.get(invocation)?.isTied() ?? false,
    settled: (invocation, outcome) => contained(log, () => tasks.get(invocation)?.settled(outcome)),
    contain: (work) => contained(log, work),
  };
}

function storageIn(folder: string, { delivery }: ReporterSettings): Storage {
  const isShared = isManagedInstance(process.env);
  // An environment without an extension is ended without a signal, and so are workers.
  const endsUnannounced = delivery === 'in-band' || isShared;
  return { folder, isShared, endsUnannounced, isNeverFrozen: isShared };
}

function lowerCase(hosts: readonly string[]): ReadonlySet<string> {
  return new Set(hosts.map((host) => host.toLowerCase()));
}
