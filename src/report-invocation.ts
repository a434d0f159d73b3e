/**
 * The one place where the stages meet: capture gives an invocation, report makes a report of it,
 * delivery gets it out. Whatever fails here is logged here and goes no further.
 */
import { type CapturedInput, captureInput } from './capture/captured-input.ts';
import { addRunning, removeRunning, surroundingRun } from './capture/current-task.ts';
import { durableExecutionId, durableOutcome } from './capture/durable-execution.ts';
import { Invocation } from './capture/invocation.ts';
import { type LambdaContext, readContext } from './capture/lambda-context.ts';
import type { Outcome } from './capture/outcome.ts';
import { nameDestination } from './delivery/sentinel/destination-name.ts';
import { joinSentinel, type SentinelLink } from './delivery/sentinel/sentinel-link.ts';
import { runsFolder, type Storage, storageFolder } from './delivery/storage.ts';
import { chooseStrategy, isManagedInstance } from './delivery/strategy.ts';
import { sharedStubs } from './delivery/stub/run-stubs.ts';
import { installTaps } from './llm/taps/install-taps.ts';
import { createLog, type Log } from './log.ts';
import { type ReporterSettings, resolveOptions } from './options.ts';
import { createReportedRun, type ReportedRun } from './reported-run.ts';
import type { RunDelivery } from './run-delivery.ts';
import type { TaskReporterOptions } from './task-reporter-options.ts';
import { askCallback } from './user-callback.ts';

/** Watches invocations and reports them. Its methods never throw, its promises never reject. */
export interface Reporter {
  /** How much of a streamed answer is kept, in bytes. */
  readonly maxBytes: number;
  /** A run begins. Undefined when somebody else reports this run, or it cannot be watched. */
  readonly begin: (event: unknown, context: unknown) => Invocation | undefined;
  /** Whether the answer may have to wait for what `end` returns. */
  readonly isAwaited: (invocation: Invocation) => boolean;
  /**
   * A run has ended, or its outcome is corrected.
   *
   * @param answered - where the runtime waits for something else before it answers
   * @returns what the answer has to wait for
   */
  readonly end: (
    invocation: Invocation,
    outcome: Outcome,
    answered?: Promise<void>,
  ) => Promise<void> | undefined;
  /** Does an adapter's own work; undefined when that fails. */
  readonly contain: <T>(work: () => T) => T | undefined;
}

export interface ReporterPlace {
  /**
   * Whether it stands around the function's code and knows only the environment: a reporter in the
   * code knows more, and then reports the run in its stead. @default false
   */
  readonly givesWay?: boolean;
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
    case 'disabled':
      if (!said.has(resolved.reason)) createLog(resolved.logLevel).warn(resolved.reason);
      said.add(resolved.reason);
      return undefined;
    case 'enabled':
      return reporterFor(resolved.settings, place);
  }
}

/** Why there is no reporting: the same for all reporters of a function, and said once. */
const said = new Set<string>();

/** The runs of all reporters that have not ended. */
const going = new Set<ReportedRun>();

function reporterFor(settings: ReporterSettings, { givesWay = false }: ReporterPlace): Reporter {
  const log = createLog(settings.logLevel);
  if (settings.llmTaps) installTaps(log.warn);
  const llmHosts = settings.llmTaps ? lowerCase(settings.llmHosts) : undefined;
  const strategy = chooseStrategy(settings.delivery, process.env, log.warn);
  const folder = storageFolder(process.env);
  const storage = folder && {
    folder,
    // Workers of a Managed Instance hear no signals.
    endsUnannounced: strategy.isAwaited || isManagedInstance(process.env),
    isShared: isManagedInstance(process.env),
  };
  const sentinel = folder
    ? joinSentinel(folder, nameDestination(settings, process.env))
    : undefined;
  const runs = new WeakMap<Invocation, ReportedRun>();
  const parts = {
    settings,
    strategy,
    stubs: folder ? sharedStubs(runsFolder(folder)) : undefined,
    sentinel,
    load: createLoader(settings, log, storage || undefined, sentinel),
    warmth: { isWarm: false },
    logFault: (fault: unknown) => logFault(log, fault),
  };

  const begin = (event: unknown, context: unknown): Invocation | undefined => {
    const lambda = readContext(context);
    const around = surroundingRun(event, lambda);
    if (around?.givesWay) {
      around.recorder.skip();
      removeRunning(around);
    } else if (around?.agentId === settings.agentId && !runs.has(around)) {
      log.debug(`run ${around.id} is reported already by what is around this handler.`);
      return undefined;
    }
    const invocation = new Invocation({
      id: runId(event, context, lambda, settings, log),
      agentId: settings.agentId,
      event,
      context: lambda,
      input: runInput(event, context, settings, log),
      givesWay,
      llmHosts,
      complain: log.warn,
    });
    const run = createReportedRun(invocation, parts);
    runs.set(invocation, run);
    going.add(run);
    addRunning(invocation);
    return invocation;
  };

  const end: Reporter['end'] = (invocation, outcome, answered) => {
    removeRunning(invocation);
    const run = runs.get(invocation);
    if (run !== undefined) going.delete(run);
    try {
      const meaning = durableOutcome(invocation.event, outcome);
      invocation.end(meaning ?? outcome);
      if (meaning !== undefined) return run?.end(meaning, answered);
    } catch (fault) {
      logFault(log, fault);
    }
    run?.leave();
    return undefined;
  };

  return {
    maxBytes: settings.maxBytes,
    begin: (event, context) => harmless(log, () => begin(event, context)),
    isAwaited: (invocation) => runs.get(invocation)?.isAwaited ?? false,
    end: (invocation, outcome, answered) => harmless(log, () => end(invocation, outcome, answered)),
    contain: (work) => harmless(log, work),
  };
}

/**
 * Loads what a run needs only after its handler has been started: building a report, the HTTP
 * client, the key. A failure is not kept: the next run tries again.
 */
function createLoader(
  settings: ReporterSettings,
  log: Log,
  storage: Storage | undefined,
  sentinel: SentinelLink | undefined,
): () => Promise<RunDelivery> {
  let loading: Promise<RunDelivery> | undefined;
  const load = async (): Promise<RunDelivery> => {
    const { createRunDelivery } = await import('./run-delivery.ts');
    return createRunDelivery(settings, log, storage);
  };
  let isHeardAtTheEnd = false;
  const hearTheEnd = async (delivery: RunDelivery): Promise<void> => {
    // The sentinel hears of it after this process, and waits for what that does.
    if (isHeardAtTheEnd || !storage || storage.endsUnannounced || sentinel?.isUsable()) return;
    isHeardAtTheEnd = true;
    const { endWith } = await import('./run-delivery.ts');
    endWith(delivery, going);
  };
  return async () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    const delivery = await loading;
    await hearTheEnd(delivery);
    return delivery;
  };
}

function runId(
  event: unknown,
  context: unknown,
  lambda: LambdaContext,
  settings: ReporterSettings,
  log: Log,
): string {
  const chosen = askCallback('id', () => settings.id?.(event, context), log.warn);
  if (typeof chosen === 'string' && chosen !== '') return chosen;
  if (chosen !== undefined) log.warn('the option id() must return a text; the request id is used.');
  // Off Lambda there may be no request id. A report needs an id to be sent again safely.
  return durableExecutionId(event) ?? lambda.awsRequestId ?? crypto.randomUUID();
}

function lowerCase(hosts: readonly string[]): ReadonlySet<string> {
  return new Set(hosts.map((host) => host.toLowerCase()));
}

function runInput(
  event: unknown,
  context: unknown,
  settings: ReporterSettings,
  log: Log,
): CapturedInput {
  if (settings.capture === 'off') return { kind: 'none' };
  const { input } = settings;
  return captureInput(input ? askCallback('input', () => input(event, context), log.warn) : event);
}

function harmless<T>(log: Log, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    logFault(log, error);
    return undefined;
  }
}

function logFault(log: Log, error: unknown): void {
  let what = 'something that cannot be read';
  try {
    what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    // Thrown by an object of the user's own making; that it happened is all there is to say.
  }
  log.error(`a run is not reported because of a fault in here: ${what}`);
}
