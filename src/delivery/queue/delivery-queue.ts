/** Delivers reports: immediately if the platform accepts them, otherwise later from the spool. */
import { monotonicMs, wallClockMs } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { ConnectionError } from '../../errors.ts';
import type { WireTaskReport } from '../../platform/task-report.ts';
import type { Freezes } from '../execution-environment/freezes.ts';
import type { DeliveryResult } from '../policy/delivery-result.ts';
import { policyFor } from '../policy/error-policy.ts';
import type { SendPolicy } from '../policy/send-policy.ts';
import type { ReportDestination } from '../send/send-report.ts';
import type { PendingReport, Spool } from '../spool/spool.ts';
import { createLatest } from './latest-attempts.ts';
import { createTroubleLog } from './outage-log.ts';
import { createKeptReports, type KeptReports } from './pending-reports.ts';
import { createAskFirst } from './record-check.ts';
import { type AttemptResult, createAttempt, undelivered } from './send-attempt.ts';
import { createPendingReports } from './send-pending.ts';

export interface DeliveryQueue
  extends Pick<KeptReports, 'writeOut' | 'writeDown' | 'writeDownNow'> {
  /**
   * Sends a report, or keeps it for later if the platform cannot accept it now. Never rejects.
   *
   * @param deadline - on the clock of `performance.now()`
   * @param isSafe - called when the report is persisted, delivered or given up; possibly twice
   * @param origin - @default the current count of freezes and time
   * @returns false if sending failed, so that other pending reports are not worth trying now
   */
  readonly send: (
    report: WireTaskReport,
    deadline: number,
    isSafe: () => void,
    origin?: ReportOrigin,
  ) => Promise<boolean>;
  /**
   * Keeps the report of an orphaned task.
   *
   * @param since - when the task ended, in epoch milliseconds; when it began, if that is unknown
   * @param isSafe - called when the report is persisted, sent or logged
   */
  readonly keepLost: (report: WireTaskReport, since: number, isSafe: () => void) => void;
  /** Keeps a report without sending it yet. @returns whether it is persisted */
  readonly keepForLater: (report: WireTaskReport, origin?: ReportOrigin) => boolean;
  /** Keeps or logs a report that the caller has tried to send without this queue. */
  readonly takeUndelivered: (
    report: WireTaskReport,
    result: DeliveryResult & { kind: 'undelivered' },
  ) => void;
  /** The number of reports in the spool. */
  readonly waiting: () => number;
  /** Sends at most `most` pending reports, failures first. Never rejects. */
  readonly sendWaiting: (deadline: number, most: number) => Promise<void>;
  /**
   * Sends the pending reports when the environment ends. If the send policy is paused, one report
   * is sent first as a probe, and the others only if the pause is over then. Never rejects.
   */
  readonly sendLast: (deadline: number) => Promise<void>;
  /** Stops sending pending reports after the batch in flight. Resolves when that has ended. */
  readonly finishWaiting: () => Promise<void>;
  /** Call this when another process has left reports in the spool. */
  readonly lookAgain: () => void;
}

/** When the event of a report began and its attempt ended. */
export interface ReportOrigin {
  /** The count of freezes when its event began. */
  readonly birth: number;
  /** When its attempt ended, in epoch milliseconds. */
  readonly endedAt: number;
  /** The same time on the monotonic clock, in milliseconds. */
  readonly endedMonotonicMs?: number | undefined;
}

export interface DeliveryQueueParts {
  readonly destination: ReportDestination;
  readonly sendPolicy: SendPolicy;
  readonly freezes: Freezes;
  /** Undefined where nothing can be persisted: undelivered reports are then logged immediately. */
  readonly spool: Spool | undefined;
  /**
   * Whether kept reports are also logged. This is needed where the environment ends without notice,
   * because its files are lost with it.
   */
  readonly logsKept: boolean;
  /** See `Storage`. @default false */
  readonly isNeverFrozen?: boolean;
  readonly log: Log;
}

export function createDeliveryQueue(parts: DeliveryQueueParts): DeliveryQueue {
  const { destination, sendPolicy, freezes, spool, logsKept, isNeverFrozen = false, log } = parts;
  const counts = { delivered: 0, kept: 0 };
  const inFlight = new Map<string | null, Promise<unknown>>();
  const latest = createLatest();
  const askFirst = createAskFirst(freezes, sendPolicy, isNeverFrozen);
  const kept = createKeptReports({ agentId: destination.agentId, spool, askFirst, log });
  const leaveLimits = spool !== undefined;
  const attempt = createAttempt({
    destination,
    sendPolicy,
    freezes,
    askFirst,
    latest,
    leaveLimits,
  });
  const trouble = createTroubleLog(log, () => ({
    ...counts,
    waiting: spool?.size().count ?? 0,
    dropped: kept.dropped(),
  }));

  const sendNew = async (
    waiting: PendingReport,
    deadline: number,
    isKept: boolean,
    earlier: Promise<unknown> | undefined,
  ): Promise<AttemptResult> => {
    // The report of an earlier attempt of the task must not arrive after this one.
    await earlier;
    const isFirst = !(isKept && waiting.report.is_success && failuresWait());
    const mayTry = isFirst && !freezes.isImminent() && sendPolicy.mayTry();
    return mayTry ? trouble.watch(await attempt(waiting, deadline)) : notTried();
  };

  const notTried = (): AttemptResult =>
    undelivered(
      trouble.obstacle() ?? new ConnectionError('Others are sent first.', { code: 'ABORTED' }),
      0,
    );

  /** Under a rate limit failures are sent first, because people look for failures. */
  const failuresWait = (): boolean => {
    if (spool === undefined || spool.size().count < 2 || !sendPolicy.isLimited()) return false;
    const [first] = spool.next(1);
    return first !== undefined && !first.report.is_success;
  };

  const settle = (waiting: PendingReport, result: AttemptResult, isKept: boolean): void => {
    const id = waiting.report.id ?? '';
    // The file of this id already holds the report of a later attempt.
    if (latest.isOutdated(waiting)) return;
    if (result.kind === 'superseded') {
      kept.forget(id);
      log.debug(`run ${id} has finished in a later attempt.`);
      return;
    }
    if (result.kind === 'delivered') {
      counts.delivered += 1;
      kept.forget(id);
      log.debug(`run ${id} was reported (tries: ${result.attempts}).`);
      trouble.over();
      return;
    }
    const { error } = result;
    const attempts = waiting.attempts + result.attempts;
    const tried = { ...waiting, attempts, reason: `${error.name}: ${error.message}` };
    if (!isKept || policyFor(error).isFinal) {
      kept.giveUp(tried);
      spool?.remove(id);
      return;
    }
    counts.kept += 1;
    askFirst.waits(waiting);
    // If the disk has filled up in the meantime, the older file is gone as well.
    if (result.attempts > 0 && !kept.keep(tried)) kept.giveUp(tried);
    else if (logsKept) kept.log(tried);
    else trouble.announce();
  };

  const newcomer = (report: WireTaskReport, origin: ReportOrigin): PendingReport => {
    const { birth, endedAt, endedMonotonicMs: sinceMonotonicMs } = origin;
    askFirst.born(report.id ?? '', birth);
    const since = latest.begin(report.id, endedAt);
    return { report, attempts: 0, reason: 'not sent yet', since, sinceMonotonicMs };
  };
  const now = (): ReportOrigin => ({
    birth: freezes.count(),
    endedAt: wallClockMs(),
    endedMonotonicMs: monotonicMs(),
  });

  const waitingReports = createPendingReports({
    ...{ sendPolicy, freezes, spool, kept, latest, inFlight, settle, logsKept },
    attempt: async (waiting, deadline) => trouble.watch(await attempt(waiting, deadline)),
  });

  return {
    async send(report, deadline, isSafe, origin = now()) {
      const waiting = newcomer(report, origin);
      const earlier = inFlight.get(report.id);
      const isKept = kept.keep(waiting);
      if (isKept) isSafe();
      const sending = sendNew(waiting, deadline, isKept, earlier);
      inFlight.set(report.id, sending);
      const result = await sending;
      settle(waiting, result, isKept);
      if (inFlight.get(report.id) === sending) inFlight.delete(report.id);
      isSafe();
      return result.kind !== 'undelivered' || result.attempts === 0;
    },

    keepForLater: (report, origin = now()) => kept.keep(newcomer(report, origin)),

    takeUndelivered(report, result) {
      const waiting = newcomer(report, now());
      settle(waiting, result, kept.keep(waiting));
    },

    keepLost: waitingReports.keepLost,
    waiting: () => spool?.size().count ?? 0,
    sendWaiting: waitingReports.send,
    sendLast: waitingReports.sendLast,
    finishWaiting: waitingReports.finish,
    lookAgain: () => spool?.lookAgain(),
    writeOut: kept.writeOut,
    writeDown: kept.writeDown,
    writeDownNow: kept.writeDownNow,
  };
}
