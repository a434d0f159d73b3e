/** Reports runs: builds, thins out, sends, and keeps what could not be sent. */

import { wallClockMs } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { onExit } from '../base/on-exit.ts';
import type { ReporterSettings } from '../config/resolve-options.ts';
import { logDamagedEntry } from '../delivery/dead-letter/dead-letter.ts';
import { openDestination } from '../delivery/destination.ts';
import { noteTimeout, seenTimeoutMs } from '../delivery/execution-environment/function-timeout.ts';
import { loadingTimeMs, slownessHere } from '../delivery/execution-environment/loading-time.ts';
import { writingTimeMs } from '../delivery/execution-environment/log-write-time.ts';
import { runsFolder, type Storage } from '../delivery/execution-environment/storage.ts';
import { lostReport } from '../delivery/journal/orphaned-run-report.ts';
import {
  correctsTimeout,
  endOf,
  findLostRuns,
  isReportedWell,
  type LostRun,
  outcomeOf,
} from '../delivery/journal/orphaned-runs.ts';
import type { ReportOrigin } from '../delivery/queue/delivery-queue.ts';
import { stillRunning } from '../delivery/queue/newer-attempt.ts';
import { loadHttpClient } from '../delivery/send/load-http-client.ts';
import { sendReport } from '../delivery/send/send-report.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { emptySummary } from '../llm/usage/usage-summary.ts';
import { toWire, type WireTaskReport } from '../platform/task-report.ts';
import { createReportBuilder } from '../report/build-report.ts';
import { createPace } from '../report/pace.ts';
import { containedCallbacks } from './safe-callbacks.ts';
import { summarizeUsage } from './summarize-usage.ts';
import { logUnknownCalls } from './unknown-calls.ts';

/** Everything about a run that its beginning does not need. */
export interface TaskDelivery {
  /**
   * Starts reading the API key and loading the HTTP client.
   *
   * @param timeMs - for all that is done; on a small function loading takes too much of a short time
   */
  readonly warmUp: (timeMs: number) => void;
  /** What says that a run has begun. */
  readonly startReport: (invocation: Invocation) => WireTaskReport;
  /** Reports that a run has begun; the signal gives that up. */
  readonly reportStart: (invocation: Invocation, signal: AbortSignal) => Promise<void>;
  /** Reports that a run is about to time out. Resolves to whether the platform knows. */
  readonly reportTimeout: (
    invocation: Invocation,
    timeMs: number,
    signal: AbortSignal,
  ) => Promise<boolean>;
  /** What would be reported if the run failed now. */
  readonly draft: (invocation: Invocation) => Promise<WireTaskReport>;
  /** Reports how a run ended. Resolves to whether others that wait are worth trying now. */
  readonly reportEnd: (invocation: Invocation, delivery: EndDelivery) => Promise<boolean>;
  /**
   * Takes over what processes that have died have left, and sends it, as far as there is time.
   *
   * @param deadline - on the clock of `performance.now()`
   */
  readonly recover: (deadline: number) => Promise<void>;
  /**
   * Sends what waits. Only the owner of the spool may do that.
   *
   * @param most - reports
   */
  readonly catchUp: (deadline: number, most: number) => Promise<void>;
  /** Leaves what waits to another process. @returns whether anything waits */
  readonly leaveWaiting: () => boolean;
  /** The environment is about to end: sends what waits, and writes the rest into the log. */
  readonly finish: (deadline: number) => Promise<void>;
  /**
   * The environment may end: writes what waits into the log, and keeps it.
   *
   * @param isWanted - asked before each line. @default always
   */
  readonly writeDown: (deadline: number, isWanted?: () => boolean) => Promise<void>;
  /** The same at the end of the process, at once. */
  readonly writeDownNow: () => void;
}

export interface EndDelivery {
  /** Whether a success is reported; failures always are. */
  readonly sampled: boolean;
  /** Whether the platform may have heard of the run: then it hears of its end in any case. */
  readonly isKnown: boolean;
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
  readonly origin: ReportOrigin;
  /** Called when the report will survive the end of the process. */
  readonly isSafe: () => void;
  /** Gives the report to somebody who delivers it. Resolves to whether he does; never rejects. */
  readonly handOver?: ((report: WireTaskReport, timeMs: number) => Promise<boolean>) | undefined;
}

// What is built while the handler runs takes its time: larger payloads are left out there.
const besideHandlerMs = 10;
const mostBytesBesideHandler = 256 * 1024;
// Of the time for a delivery, what loading may take before the report is made and kept.
const shareForLoading = 1 / 3;

export function createTaskDelivery(
  settings: ReporterSettings,
  log: Log,
  storage: Storage | undefined,
  ownsSpool: () => boolean = () => true,
): TaskDelivery {
  const pace = createPace(1 / slownessHere());
  const build = createReportBuilder({ ...settings, ...containedCallbacks(settings, log), pace });
  const { destination, outbox } = openDestination(settings, log, storage);
  // After a crash the environment may never be used again, and its files with it.
  if (storage) onExit(() => ownsSpool() && outbox.writeDownNow());
  const { agentId, baseUrl, budgetMs } = settings;
  /** What dead processes have left; undefined before it is looked for. */
  let lostRuns: LostRun[] | undefined;
  /** Whether another process may have changed the spool. */
  let isLeft = false;

  const failing = async (
    invocation: Invocation,
    error: Error,
    timeMs: number,
  ): Promise<WireTaskReport> => {
    const recorded = invocation.recorded();
    const llm = await summarizeUsage(recorded.llm, log, mostBytesBesideHandler);
    const facts = {
      id: invocation.id,
      input: invocation.input,
      outcome: { kind: 'failure', thrown: { value: error } },
      recorded,
      llm,
      durationSeconds: invocation.durationSeconds(),
    } as const;
    return toWire(build(facts, timeMs));
  };

  const startReport = ({ id, input, recorded }: Invocation): WireTaskReport => {
    const outcome = { kind: 'started' } as const;
    const run = { id, input, outcome, recorded: recorded(), llm: emptySummary, durationSeconds: 0 };
    return toWire(build(run, budgetMs));
  };

  /** Those for which there is no time are taken over later. */
  const takeOverLostRuns = async (deadline: number): Promise<void> => {
    if (storage === undefined) return;
    const onDamaged = (): void => logDamagedEntry(log);
    lostRuns ??= [...findLostRuns(runsFolder(storage.folder), onDamaged)];
    for (let timeMs = Infinity; timeMs > 0 && lostRuns.length > 0; ) {
      timeMs = deadline - performance.now();
      const lost = lostRuns.shift();
      if (lost !== undefined) reportLost(lost, timeMs);
      await nextTurn();
    }
  };

  const reportLost = ({ stub, forget }: LostRun, timeMs: number): void => {
    if (stub.agentId !== agentId || stub.baseUrl !== baseUrl) return;
    if (stub.deadlineMs !== undefined) noteTimeout(stub.deadlineMs - stub.startedAt);
    if (isReportedWell(stub)) {
      forget();
      return;
    }
    const report = lostReport(build, stub, outcomeOf(stub, wallClockMs()), timeMs);
    if (correctsTimeout(stub) && outbox.keepForLater(report)) forget();
    else outbox.keepLost(report, endOf(stub), forget);
  };

  return {
    warmUp(timeMs) {
      const loadingMs = destination.apiKeys.loadingTimeMs() + loadingTimeMs('httpClient');
      if (loadingMs > timeMs * shareForLoading) return;
      destination.apiKeys.prefetch();
      // What fails here fails again when it is needed, and is said then.
      loadHttpClient(timeMs).catch(() => undefined);
    },

    startReport,

    async reportStart(invocation, signal) {
      const body = JSON.stringify(startReport(invocation));
      const result = await sendReport(destination, body, budgetMs, { givenUp: signal });
      // The report of the end tells more, and with the same id replaces this one.
      if (result.kind === 'undelivered') {
        log.info(`the start of run ${invocation.id} was not reported: ${result.error.message}`);
      }
    },

    async reportTimeout(invocation, timeMs, signal) {
      const report = await failing(invocation, timedOut(invocation), besideHandlerMs);
      const result = await sendReport(destination, JSON.stringify(report), timeMs, {
        givenUp: signal,
      });
      if (result.kind === 'delivered') return true;
      // There may be no other process to find the journal entry.
      if (storage?.endsUnannounced && !signal.aborted) outbox.takeUndelivered(report, result);
      log.info(
        `run ${invocation.id} may time out, and that is not reported yet: ${result.error.message}`,
      );
      return false;
    },

    draft: (invocation) =>
      failing(invocation, failure('Error', 'The run has not ended.'), besideHandlerMs),

    async reportEnd(invocation, how) {
      const { sampled, isKnown, deadline, origin, isSafe, handOver } = how;
      // Before anything of this process: they are older than all that it has to say.
      if (ownsSpool()) await takeOverLostRuns((performance.now() + deadline) / 2);
      const { id, input, recorded, ended } = invocation;
      const facts = recorded();
      const llm = await summarizeUsage(facts.llm, log);
      logUnknownCalls(llm.unknownCalls, log);
      const report =
        ended && (isKnown || !facts.skipped)
          ? await build.inSlices(
              { id, input, recorded: facts, llm, ...ended },
              deadline - performance.now(),
            )
          : undefined;
      if (report === undefined || (report.isSuccess && !sampled && !isKnown)) {
        isSafe();
        return true;
      }
      const wire = toWire(report);
      if (await handOver?.(wire, deadline - performance.now())) {
        isSafe();
        return false;
      }
      return outbox.send(wire, deadline, isSafe, origin);
    },

    async recover(deadline) {
      if (performance.now() >= deadline) return;
      await takeOverLostRuns(deadline);
      const leftMs = deadline - performance.now();
      // A request that has begun may go on beside the first event; loading must not.
      if (destination.apiKeys.loadingTimeMs() + loadingTimeMs('httpClient') > leftMs) return;
      await outbox.sendWaiting(performance.now() + budgetMs, Number.POSITIVE_INFINITY);
    },

    async catchUp(deadline, most) {
      if (isLeft) outbox.lookAgain();
      isLeft = false;
      await outbox.sendWaiting(deadline, most);
    },

    leaveWaiting() {
      isLeft = true;
      return outbox.waiting() > 0;
    },

    async finish(deadline) {
      await outbox.sendLast(deadline - writingTimeMs(outbox.waiting()));
      await outbox.writeOut(deadline);
    },

    writeDown: outbox.writeDown,
    writeDownNow: outbox.writeDownNow,
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function timedOut(invocation: Invocation): Error {
  const remainingMs = Math.max(0, invocation.remainingMs() ?? 0);
  const limitSeconds = seenTimeoutMs() / 1_000;
  return failure(
    'TimeoutError',
    `${stillRunning} ${Math.round(remainingMs)} ms before the function's limit of ${limitSeconds.toFixed(1)} s`,
  );
}

/** An error without a stack, which would only show our own code. */
function failure(name: string, message: string): Error {
  return Object.assign(new Error(message), { name, stack: undefined });
}
