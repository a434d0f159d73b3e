/**
 * The one place where the stages meet: capture gives an invocation, report makes a report of it,
 * delivery gets it out. Whatever fails here is logged here and goes no further.
 */
import { type CapturedInput, captureInput } from './capture/captured-input.ts';
import { addRunning, removeRunning, surroundingRun } from './capture/current-task.ts';
import {
  durableExecutionId,
  durableOutcome,
  isDurableReplay,
} from './capture/durable-execution.ts';
import { Invocation } from './capture/invocation.ts';
import { type LambdaContext, readContext } from './capture/lambda-context.ts';
import type { Outcome } from './capture/outcome.ts';
import { deliveryTimeMs } from './delivery/budget.ts';
import { type DeliveryStrategy, inBand } from './delivery/strategy.ts';
import { createLog, type Log } from './log.ts';
import { type ReporterSettings, resolveOptions, type TaskReporterOptions } from './options.ts';
import type { RunDelivery } from './run-delivery.ts';
import { askCallback } from './user-callback.ts';

/** Watches invocations and reports them. Its methods never throw, its promises never reject. */
export interface Reporter {
  /** How much of a streamed answer is kept, in bytes. */
  readonly maxBytes: number;
  /** A run begins. Undefined when somebody else reports this run, or it cannot be watched. */
  readonly begin: (event: unknown, context: unknown) => Invocation | undefined;
  /**
   * A run has ended, or its outcome is corrected.
   *
   * @returns what the answer has to wait for
   */
  readonly end: (invocation: Invocation, outcome: Outcome) => Promise<void> | undefined;
  /** Does an adapter's own work; undefined when that fails. */
  readonly contain: <T>(work: () => T) => T | undefined;
}

/**
 * A reporter for the options, or undefined when nothing is to be reported.
 *
 * @throws ConfigurationError when an option is wrong
 */
export function createReporter<Event, Response>(
  options?: TaskReporterOptions<Event, Response>,
): Reporter | undefined {
  const resolved = resolveOptions(options);
  switch (resolved.kind) {
    case 'switched-off':
      return undefined;
    case 'disabled':
      createLog(resolved.logLevel).warn(resolved.reason);
      return undefined;
    case 'enabled':
      return reporterFor(resolved.settings);
  }
}

/** What belongs to one run while it is being reported. */
interface Run {
  /** Whether it is reported even if it succeeds. */
  readonly sampled: boolean;
  /** Whether what it needs is being got ready; at the latest its end does so. */
  isPrepared: boolean;
  /** Gives up the report of the start. */
  readonly startGivenUp: AbortController;
  /** Ends when all that has been handed over for this run is out: reports must not overtake. */
  queue: Promise<void>;
}

function reporterFor(settings: ReporterSettings): Reporter {
  const log = createLog(settings.logLevel);
  const strategy: DeliveryStrategy = inBand;
  const runs = new WeakMap<Invocation, Run>();
  const load = createLoader(settings, log);

  const begin = (event: unknown, context: unknown): Invocation | undefined => {
    const lambda = readContext(context);
    const around = surroundingRun(event, lambda);
    if (around?.agentId === settings.agentId && !runs.has(around)) {
      log.debug(`run ${around.id} is reported already by what is around this handler.`);
      return undefined;
    }
    const invocation = new Invocation({
      id: runId(event, context, lambda, settings, log),
      agentId: settings.agentId,
      event,
      context: lambda,
      input: runInput(event, context, settings, log),
      complain: log.warn,
    });
    runs.set(invocation, {
      sampled: settings.sampleRate === 1 || Math.random() < settings.sampleRate,
      isPrepared: false,
      startGivenUp: new AbortController(),
      queue: Promise.resolve(),
    });
    addRunning(invocation);
    // After the handler's first turn: what is loaded then is loaded while the handler waits.
    // Should it fail, the end of the run meets the same fault and says so.
    setImmediate(() => void prepare(invocation).catch(ignore));
    return invocation;
  };

  const prepare = async (invocation: Invocation): Promise<void> => {
    const delivery = await load();
    const run = runs.get(invocation);
    if (run === undefined || run.isPrepared) return;
    run.isPrepared = true;
    delivery.warmUp();
    const isReplay = isDurableReplay(invocation.event);
    if (settings.reportStart && run.sampled && !invocation.ended && !isReplay) {
      run.queue = contained(log, delivery.reportStart(invocation, run.startGivenUp.signal));
    }
  };

  const end = (invocation: Invocation, outcome: Outcome): Promise<void> | undefined => {
    const meaning = durableOutcome(invocation.event, outcome);
    invocation.end(meaning ?? outcome);
    removeRunning(invocation);
    const run = runs.get(invocation);
    if (run === undefined || meaning === undefined) return undefined;
    const timeMs = deliveryTimeMs(settings.budgetMs, invocation.remainingMs());
    return strategy.dispatch(() => {
      run.queue = contained(log, deliver(invocation, run, performance.now() + timeMs));
      return run.queue;
    });
  };

  const deliver = async (invocation: Invocation, run: Run, deadline: number): Promise<void> => {
    const ahead = run.queue;
    const delivery = await load();
    await prepare(invocation);
    // Half of the time for a start that is still on its way; the end matters more.
    await settled(ahead, (deadline - performance.now()) / 2);
    run.startGivenUp.abort();
    await ahead;
    await delivery.reportEnd(invocation, run.sampled, deadline);
  };

  return {
    maxBytes: settings.maxBytes,
    begin: (event, context) => harmless(log, () => begin(event, context)),
    end: (invocation, outcome) => harmless(log, () => end(invocation, outcome)),
    contain: (work) => harmless(log, work),
  };
}

/**
 * Loads what a run needs only after its handler has been started: building a report, the HTTP
 * client, the key. A failure is not kept: the next run tries again.
 */
function createLoader(settings: ReporterSettings, log: Log): () => Promise<RunDelivery> {
  let loading: Promise<RunDelivery> | undefined;
  return () => {
    loading ??= import('./run-delivery.ts').then(
      ({ createRunDelivery }) => createRunDelivery(settings, log),
      (error: unknown) => {
        loading = undefined;
        throw error;
      },
    );
    return loading;
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

/** Waits for a promise that never rejects, but not for ever. */
async function settled(promise: Promise<void>, timeMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, timeMs));
  });
  await Promise.race([promise, timeout]);
  clearTimeout(timer);
}

function harmless<T>(log: Log, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    logFault(log, error);
    return undefined;
  }
}

async function contained(log: Log, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    logFault(log, error);
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

function ignore(): void {}
