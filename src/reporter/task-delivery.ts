/** Builds and sends reports, and keeps those that could not be sent. */

import type { Log } from '../base/log.ts';
import { onExit } from '../base/on-exit.ts';
import type { ReporterSettings } from '../config/resolve-options.ts';
import { openDestination } from '../delivery/destination.ts';
import { loadingTimeMs, slownessHere } from '../delivery/execution-environment/loading-time.ts';
import { writingTimeMs } from '../delivery/execution-environment/log-write-time.ts';
import type { Storage } from '../delivery/execution-environment/storage.ts';
import type { ReportOrigin } from '../delivery/queue/delivery-queue.ts';
import { loadHttpClient } from '../delivery/send/load-http-client.ts';
import { sendReport } from '../delivery/send/send-report.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { WireTaskReport } from '../platform/task-report.ts';
import { createReportBuilder } from '../report/build-report.ts';
import { createPace } from '../report/pace.ts';
import { createOrphanRecovery } from './orphan-recovery.ts';
import { containedCallbacks } from './safe-callbacks.ts';
import { createTaskReports } from './task-reports.ts';

/** The part of the reporter that is loaded after the handler has started. */
export interface TaskDelivery {
  /**
   * Starts reading the API key and loading the HTTP client.
   *
   * @param timeMs - for all of it; with little time a small function loads nothing
   */
  readonly warmUp: (timeMs: number) => void;
  /** Builds the report that a task has started. */
  readonly startReport: (invocation: Invocation) => WireTaskReport;
  /** Reports that a task has started. The signal aborts it. */
  readonly reportStart: (invocation: Invocation, signal: AbortSignal) => Promise<void>;
  /** Reports that a task is about to time out. Resolves to whether the platform has the report. */
  readonly reportTimeout: (
    invocation: Invocation,
    timeMs: number,
    signal: AbortSignal,
  ) => Promise<boolean>;
  /** Builds the report for the case that the task fails now. */
  readonly draft: (invocation: Invocation) => Promise<WireTaskReport>;
  /** Whether the report says that the task succeeded, including the user's `isSuccess`. */
  readonly isSuccess: (invocation: Invocation) => boolean;
  /** Reports the outcome of a task. Resolves to whether pending reports are worth sending now. */
  readonly reportEnd: (invocation: Invocation, delivery: EndDelivery) => Promise<boolean>;
  /**
   * Recovers the tasks of ended processes and sends their reports, as far as time allows.
   *
   * @param deadline - on the clock of `performance.now()`
   */
  readonly recover: (deadline: number) => Promise<void>;
  /**
   * Sends pending reports. Only the owner of the spool may call it.
   *
   * @param most - reports
   */
  readonly catchUp: (deadline: number, most: number) => Promise<void>;
  /** Leaves pending reports to another process. @returns whether there are any */
  readonly leaveWaiting: () => boolean;
  /** Before the end of the environment: sends pending reports and flushes the rest to the log. */
  readonly finish: (deadline: number) => Promise<void>;
  /**
   * The environment may end: writes pending reports into the log and keeps them.
   *
   * @param isWanted - asked before each line. @default always
   */
  readonly writeDown: (deadline: number, isWanted?: () => boolean) => Promise<void>;
  /** The same at the exit of the process, synchronously. */
  readonly writeDownNow: () => void;
}

export interface EndDelivery {
  /** Whether a success is reported; failures always are. */
  readonly sampled: boolean;
  /** Whether the platform may know the task. Then its outcome is always reported. */
  readonly isKnown: boolean;
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
  readonly origin: ReportOrigin;
  /** Called when the report will survive the end of the process. */
  readonly isSafe: () => void;
  /** Hands the report to the sentinel. Resolves to whether it took it. Never rejects. */
  readonly handOver?: ((report: WireTaskReport, timeMs: number) => Promise<boolean>) | undefined;
}

// Share of the time for a delivery that loading may take before the report is built and kept.
const shareForLoading = 1 / 3;

export function createTaskDelivery(
  settings: ReporterSettings,
  log: Log,
  storage: Storage | undefined,
  ownsSpool: () => boolean = () => true,
): TaskDelivery {
  const pace = createPace(1 / slownessHere());
  const build = createReportBuilder({ ...settings, ...containedCallbacks(settings, log), pace });
  const { destination, deliveryQueue } = openDestination(settings, log, storage);
  // After a crash the environment and its files may never be used again.
  if (storage) onExit(() => ownsSpool() && deliveryQueue.writeDownNow());
  const { budgetMs } = settings;
  const reports = createTaskReports(build, log, budgetMs);
  const recoverOrphans = createOrphanRecovery({ settings, build, deliveryQueue, storage, log });
  /** Whether another process may have changed the spool. */
  let isLeft = false;

  return {
    warmUp(timeMs) {
      const loadingMs = destination.apiKeys.loadingTimeMs() + loadingTimeMs('httpClient');
      if (loadingMs > timeMs * shareForLoading) return;
      destination.apiKeys.prefetch();
      // An error here happens again when the part is needed, and is logged then.
      loadHttpClient(timeMs).catch(() => undefined);
    },

    startReport: reports.started,

    async reportStart(invocation, signal) {
      const body = JSON.stringify(reports.started(invocation));
      const result = await sendReport(destination, body, budgetMs, { givenUp: signal });
      // The report of the outcome has more and, with the same id, replaces this one.
      if (result.kind === 'undelivered') {
        log.info(`the start of run ${invocation.id} was not reported: ${result.error.message}`);
      }
    },

    async reportTimeout(invocation, timeMs, signal) {
      const report = await reports.timedOut(invocation);
      const result = await sendReport(destination, JSON.stringify(report), timeMs, {
        givenUp: signal,
      });
      if (result.kind === 'delivered') return true;
      // There may be no later process that finds the journal entry.
      if (storage?.endsUnannounced && !signal.aborted)
        deliveryQueue.takeUndelivered(report, result);
      log.info(
        `run ${invocation.id} may time out, and that is not reported yet: ${result.error.message}`,
      );
      return false;
    },

    draft: reports.unfinished,

    isSuccess({ ended, recorded }) {
      return ended !== undefined && build.isSuccess({ ...ended, recorded: recorded() });
    },

    async reportEnd(invocation, how) {
      const { sampled, isKnown, deadline, origin, isSafe, handOver } = how;
      // Orphaned tasks come first: they are older than the reports of this process.
      if (ownsSpool()) await recoverOrphans((performance.now() + deadline) / 2);
      const wire = await reports.ended(invocation, deadline - performance.now(), {
        sampled,
        isKnown,
      });
      if (wire === undefined) {
        isSafe();
        return true;
      }
      if (await handOver?.(wire, deadline - performance.now())) {
        isSafe();
        return false;
      }
      return deliveryQueue.send(wire, deadline, isSafe, origin);
    },

    async recover(deadline) {
      if (performance.now() >= deadline) return;
      await recoverOrphans(deadline);
      const leftMs = deadline - performance.now();
      // A request that has started may continue beside the first event; loading must not.
      if (destination.apiKeys.loadingTimeMs() + loadingTimeMs('httpClient') > leftMs) return;
      await deliveryQueue.sendWaiting(performance.now() + budgetMs, Number.POSITIVE_INFINITY);
    },

    async catchUp(deadline, most) {
      if (isLeft) deliveryQueue.lookAgain();
      isLeft = false;
      await deliveryQueue.sendWaiting(deadline, most);
    },

    leaveWaiting() {
      isLeft = true;
      return deliveryQueue.waiting() > 0;
    },

    async finish(deadline) {
      await deliveryQueue.sendLast(deadline - writingTimeMs(deliveryQueue.waiting()));
      await deliveryQueue.writeOut(deadline);
    },

    writeDown: deliveryQueue.writeDown,
    writeDownNow: deliveryQueue.writeDownNow,
  };
}
