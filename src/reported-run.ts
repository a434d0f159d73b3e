/** One run while it is being reported: what is done for it at which point of its life. */
import { durableExecutionId, isDurableReplay } from './capture/durable-execution.ts';
import type { Invocation } from './capture/invocation.ts';
import type { Outcome } from './capture/outcome.ts';
import { deliveryTimeMs } from './delivery/budget.ts';
import type { LinkedRun, SentinelLink } from './delivery/sentinel/sentinel-link.ts';
import { type Deliver, type DeliveryStrategy, inBackground } from './delivery/strategy.ts';
import type { LinkRun, RunStub, RunStubs } from './delivery/stub/run-stubs.ts';
import { timeoutMarginMs } from './delivery/timeout-margin.ts';
import type { ReporterSettings } from './options.ts';
import { isSuccessful } from './report/success.ts';
import type { RunDelivery } from './run-delivery.ts';
import { createRunReports } from './run-reports.ts';

export interface ReportedRun {
  /** Whether the answer may have to wait when the run has ended. */
  readonly isAwaited: boolean;
  /**
   * The run has ended, or its outcome is corrected.
   *
   * @param answered - where the runtime waits for something else before it answers
   * @returns what the answer has to wait for
   */
  readonly end: (outcome: Outcome, answered?: Promise<void>) => Promise<void> | undefined;
  /** This invocation is over and there is nothing to report. */
  readonly leave: () => void;
  /** The environment ends while the run goes on. */
  readonly cutOff: (delivery: RunDelivery, deadline: number) => Promise<void>;
}

export interface ReportedRunParts {
  readonly settings: ReporterSettings;
  readonly strategy: DeliveryStrategy;
  /** Undefined where nothing outlives the process. */
  readonly stubs: RunStubs | undefined;
  /** Undefined where no other process watches the runs of this one. */
  readonly sentinel: SentinelLink | undefined;
  readonly load: () => Promise<RunDelivery>;
  /** Whether all that a delivery needs is loaded: one has been made. */
  readonly warmth: { isWarm: boolean };
  readonly logFault: (fault: unknown) => void;
}

// From here on a run has something to lose, and its handler waits for something.
const longRunMs = 1_000;
// An answer that waits does not wait for what others have left.
const mostWaitingInBand = 1;

/** A run begins. */
export function createReportedRun(invocation: Invocation, parts: ReportedRunParts): ReportedRun {
  const { settings, strategy, sentinel, load, logFault } = parts;
  const { event, context } = invocation;
  const remainingMs = invocation.remainingMs();
  const startedAt = Date.now();
  const deadlineMs = remainingMs === undefined ? undefined : startedAt + remainingMs;
  let linked: LinkedRun | undefined;
  const link: LinkRun = (record, file) => {
    linked = sentinel?.begin({ requestId: context.awsRequestId, stub: record, file });
    return linked;
  };
  const stub = openStub(invocation, parts, startedAt, deadlineMs, link);
  linked ??= sentinel?.begin({ requestId: context.awsRequestId });
  /** Whether the end of this run is the sentinel's business. */
  const isLinked = (): boolean => sentinel?.isUsable() ?? false;
  const close = (): void => {
    stub?.close();
    linked?.close();
  };
  const reports = createRunReports(invocation, logFault);
  const sampled = settings.sampleRate === 1 || Math.random() < settings.sampleRate;
  const reportsStart = settings.reportStart && sampled && !isDurableReplay(event);

  /** Something to do while the run goes on. */
  const meanwhile = (work: (delivery: RunDelivery) => unknown) => async (): Promise<void> => {
    try {
      const delivery = await load();
      if (invocation.ended === undefined) await work(delivery);
    } catch {
      // The end of the run meets the same fault, and says so.
    }
  };
  let isTimeoutReported = false;
  const reportTimeout = async (delivery: RunDelivery, timeMs: number): Promise<void> => {
    if (invocation.recorded().skipped || isLinked()) return;
    isTimeoutReported ||= await reports.timeout(delivery, timeMs);
    if (isTimeoutReported) stub?.add({ isReported: true });
  };

  const stopWatching = stub
    ? watchLongRun(invocation, stub, remainingMs, meanwhile, isLinked, reportTimeout)
    : () => undefined;
  if (reportsStart || strategy.isAwaited) {
    // After the handler's first turn: what is loaded then is loaded while the handler waits.
    setImmediate(
      meanwhile(async (delivery) => {
        if (!isLinked()) delivery.warmUp();
        if (reportsStart) await reports.start(delivery, isLinked() ? linked?.start : undefined);
      }),
    );
  }
  const dispatcher = strategy.begin({ requestId: context.awsRequestId, deadlineMs });

  const report = async (isAwaited: boolean, outcome: Outcome): Promise<void> => {
    // Not before the answer: until then a run whose process dies has failed.
    stub?.add({ ended: { isSuccess: isSuccess(invocation, outcome), at: Date.now() } });
    const timeMs = deliveryTimeMs(settings.budgetMs, invocation.remainingMs());
    const deadline = performance.now() + timeMs;
    const delivery = await load();
    const handOver = isLinked() ? linked?.handOver : undefined;
    if (handOver === undefined) delivery.warmUp();
    const reporting = reports.end(delivery, { sampled, deadline, isSafe: close, handOver });
    if (isAwaited && handOver === undefined) {
      await Promise.all([reporting, delivery.catchUp(deadline, mostWaitingInBand)]);
    } else if ((await reporting) && !isAwaited) {
      await delivery.catchUp(deadline, Number.POSITIVE_INFINITY);
    }
    parts.warmth.isWarm = true;
  };

  const leave = (): void => {
    stopWatching();
    close();
    dispatcher.close();
  };

  return {
    isAwaited: dispatcher.isAwaited,
    end(outcome, answered) {
      const isKnown = reportsStart || isTimeoutReported;
      if (invocation.recorded().skipped && !isKnown) {
        leave();
        return undefined;
      }
      stopWatching();
      const deliver: Deliver = (isAwaited) => report(isAwaited, outcome).catch(logFault);
      const isCold = !parts.warmth.isWarm;
      const timeMs = deliveryTimeMs(settings.budgetMs, invocation.remainingMs(), isCold);
      if (timeMs > 0) return dispatcher.dispatch(deliver, answered);
      // An answer that is almost too late waits for nothing. Should the process be ended before
      // its report is safe, the stub tells the next one.
      dispatcher.close();
      return inBackground.begin({}).dispatch(deliver, answered);
    },
    leave,
    cutOff: (delivery, deadline) => reportTimeout(delivery, deadline - performance.now()),
  };
}

function openStub(
  { id, event, recorded }: Invocation,
  { settings: { agentId, baseUrl }, stubs }: ReportedRunParts,
  startedAt: number,
  deadlineMs: number | undefined,
  link: LinkRun,
): RunStub | undefined {
  // An execution in several invocations goes on after one of them has died.
  if (durableExecutionId(event) !== undefined) return undefined;
  const record = { id, agentId, baseUrl, startedAt, deadlineMs };
  return stubs?.open(record, () => recorded().skipped, link);
}

/** @returns takes it back: nothing of it may happen in another invocation */
function watchLongRun(
  invocation: Invocation,
  stub: RunStub,
  remainingMs: number | undefined,
  meanwhile: (work: (delivery: RunDelivery) => unknown) => () => Promise<void>,
  isLinked: () => boolean,
  reportTimeout: (delivery: RunDelivery, timeMs: number) => Promise<void>,
): () => void {
  const stops: (() => void)[] = [];
  const later = (timeMs: number, work: (delivery: RunDelivery) => unknown): void =>
    void stops.push(after(timeMs, meanwhile(work)));
  const halfMs = (remainingMs ?? Number.POSITIVE_INFINITY) / 2;
  const firstMs = Math.min(longRunMs, halfMs);
  // One timer for the many runs that are short.
  later(firstMs, (delivery) => {
    if (invocation.recorded().skipped) stub.close();
    const drafted = delivery.draft(invocation).then((report) => stub.add({ report }));
    const leftMs = invocation.remainingMs();
    if (remainingMs === undefined || leftMs === undefined) return drafted;
    // It may well time out, and then there is no time for loading.
    later(leftMs - halfMs, () => isLinked() || delivery.warmUp());
    later(leftMs - timeoutMarginMs(remainingMs), () =>
      reportTimeout(delivery, invocation.remainingMs() ?? 0),
    );
    return drafted;
  });
  return () => {
    for (const stop of stops) stop();
  };
}

/** @returns takes it back */
function after(timeMs: number, work: () => unknown): () => void {
  const timer = setTimeout(work, Math.max(1, timeMs));
  // A handler that waits for nothing any more ends the process; it would not with this timer.
  timer.unref();
  return () => clearTimeout(timer);
}

/** By the default rule: a callback may take its time, and the answer would wait for it. */
function isSuccess(invocation: Invocation, outcome: Outcome): boolean {
  if (invocation.recorded().failure !== undefined) return false;
  return outcome.kind === 'response' ? isSuccessful(outcome.value) : !outcome.thrown;
}
