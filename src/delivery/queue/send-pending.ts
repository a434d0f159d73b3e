/** Sends the reports in the spool, and those of orphaned tasks that could not be persisted. */
import type { WireTaskReport } from '../../platform/task-report.ts';
import type { Freezes } from '../execution-environment/freezes.ts';
import type { SendPolicy } from '../policy/send-policy.ts';
import type { PendingReport, Spool } from '../spool/spool.ts';
import type { LatestAttempts } from './latest-attempts.ts';
import type { KeptReports } from './pending-reports.ts';
import type { Attempt, AttemptResult } from './send-attempt.ts';

export interface PendingReports {
  readonly keepLost: (report: WireTaskReport, since: number, isSafe: () => void) => void;
  /** Sends at most `most` reports, failures first. Never rejects. */
  readonly send: (deadline: number, most: number) => Promise<void>;
  /**
   * Sends the reports when the environment ends. If the send policy is paused, one report is sent
   * first as a probe, and the others only if the pause is over then. Never rejects.
   */
  readonly sendLast: (deadline: number) => Promise<void>;
  /** Stops sending after the batch in flight. Never rejects. */
  readonly finish: () => Promise<void>;
}

export interface PendingReportsParts {
  readonly attempt: Attempt;
  readonly sendPolicy: SendPolicy;
  readonly freezes: Freezes;
  readonly spool: Spool | undefined;
  readonly kept: KeptReports;
  readonly latest: LatestAttempts;
  /** The sends in flight, by task id. */
  readonly inFlight: Map<string | null, Promise<unknown>>;
  readonly settle: (waiting: PendingReport, result: AttemptResult, isKept: boolean) => void;
  readonly logsKept: boolean;
}

// A larger batch would only reach the rate limit earlier.
const atOnce = 4;
// Less is not enough for a check and a request.
const leastTimeMs = 50;
// Time limit at the end of an environment for a platform that may still be down.
const probeMs = 500;

export function createPendingReports(parts: PendingReportsParts): PendingReports {
  const { attempt, sendPolicy, freezes, spool, kept, latest, inFlight, settle, logsKept } = parts;
  /** Reports of orphaned tasks to log if no attempt is made; only where kept reports are logged. */
  const untried = new Map<string | null, PendingReport>();
  /**
   * Reports of orphaned tasks that could not be written to a file. Their journal entries must stay
   * until the reports are sent or logged.
   */
  const unkept = new Map<PendingReport, () => void>();
  let sending: Promise<void> | undefined;
  let isFinishing = false;

  const mayTry = (): boolean => !freezes.isImminent() && sendPolicy.mayTry();

  /** @returns whether another report is worth trying */
  const resend = async (waiting: PendingReport, deadline: number): Promise<boolean> => {
    untried.delete(waiting.report.id);
    const result = await attempt(waiting, deadline);
    settle(waiting, result, true);
    return result.kind !== 'undelivered';
  };

  /** @returns whether other reports are worth trying */
  const resendAll = async (batch: readonly PendingReport[], deadline: number): Promise<boolean> => {
    const resending = batch.map((waiting) => {
      const one = resend(waiting, deadline);
      inFlight.set(waiting.report.id, one);
      return one.finally(() => {
        if (inFlight.get(waiting.report.id) === one) inFlight.delete(waiting.report.id);
      });
    });
    const sent = await Promise.all(resending);
    return !sent.includes(false);
  };

  /** Sends the reports that are in no file, and logs those that cannot be sent now. */
  const sendUnkept = async (deadline: number): Promise<void> => {
    for (const [waiting, isSafe] of unkept) {
      unkept.delete(waiting);
      const result = mayTry() ? await attempt(waiting, deadline) : undefined;
      if (result !== undefined && result.kind !== 'undelivered') settle(waiting, result, false);
      else if (!latest.isOutdated(waiting)) kept.giveUp(waiting);
      isSafe();
    }
  };

  /** Reads as many reports as the send policy allows, and no files if it allows none. */
  const nextBatch = (from: Spool, most: number): readonly PendingReport[] => {
    const waiting = Math.min(most, from.size().count - inFlight.size);
    let allowed = 0;
    while (allowed < waiting && mayTry()) allowed += 1;
    if (allowed === 0) return [];
    const batch = from
      .next(allowed + inFlight.size)
      .filter(({ report }) => !inFlight.has(report.id))
      .slice(0, allowed);
    if (batch.length === 0) sendPolicy.withdraw();
    return batch;
  };

  const sendAll = async (from: Spool, deadline: number, most: number): Promise<void> => {
    await sendUnkept(deadline);
    for (let left = most; left > 0 && deadline - performance.now() > leastTimeMs; ) {
      if (isFinishing) return;
      const batch = nextBatch(from, Math.min(left, atOnce));
      if (batch.length === 0) return;
      // Not in parallel: a success could take the last request that the rate limit allows.
      const failures = batch.filter(({ report }) => !report.is_success);
      const successes = batch.filter(({ report }) => report.is_success);
      if (!(await resendAll(failures, deadline))) return;
      if (!(await resendAll(successes, deadline))) return;
      left -= batch.length;
    }
  };

  const count = (): number => (spool?.size().count ?? 0) + unkept.size;

  const send = async (deadline: number, most: number): Promise<void> => {
    if (spool === undefined || sending !== undefined) return;
    isFinishing = false;
    sending = sendAll(spool, deadline, most);
    try {
      await sending;
    } finally {
      sending = undefined;
      for (const waiting of untried.values()) kept.log(waiting);
      untried.clear();
    }
  };

  return {
    send,

    async sendLast(deadline) {
      if (spool === undefined || count() === 0) return;
      if (sendPolicy.isPaused()) {
        sendPolicy.endPauses();
        await send(Math.min(deadline, performance.now() + probeMs), 1);
      }
      // A report that is refused for good must not block the others.
      for (let before = Number.POSITIVE_INFINITY; !sendPolicy.isPaused() && count() < before; ) {
        before = count();
        await send(deadline, Number.POSITIVE_INFINITY);
      }
    },

    keepLost(report, since, isSafe) {
      const reason = 'the process of the run died';
      const waiting = { report, attempts: 0, reason, since };
      if (!latest.isOutdated(waiting) && !kept.keep(waiting)) {
        unkept.set(waiting, isSafe);
        return;
      }
      isSafe();
      if (logsKept) untried.set(report.id, waiting);
    },

    async finish() {
      isFinishing = true;
      await sending;
    },
  };
}
