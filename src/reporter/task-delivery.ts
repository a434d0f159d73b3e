/** Reports runs: builds, thins out, sends, and keeps what could not be sent. */

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
  /** Whether the report of its end will say that it succeeded, by the user's rule as well. */
  readonly isSuccess: (invocation: Invocation) => boolean;
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
  const { destination, deliveryQueue } = openDestination(settings, log, storage);
  // After a crash the environment may never be used again, and its files with it.
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
      // What fails here fails again when it is needed, and is said then.
      loadHttpClient(timeMs).catch(() => undefined);
    },

    startReport: reports.started,

    async reportStart(invocation, signal) {
      const body = JSON.stringify(reports.started(invocation));
      const result = await sendReport(destination, body, budgetMs, { givenUp: signal });
      // The report of the end tells more, and with the same id replaces this one.
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
      // There may be no other process to find the journal entry.
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
      // Before anything of this process: they are older than all that it has to say.
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
      // A request that has begun may go on beside the first event; loading must not.
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
