/** Sends the reports that wait in the spool, and those of lost runs that no file could take. */
import type { WireTaskReport } from '../../platform/task-report.ts';
import type { Freezes } from '../execution-environment/freezes.ts';
import type { SendPolicy } from '../policy/send-policy.ts';
import type { PendingReport, Spool } from '../spool/spool.ts';
import type { LatestAttempts } from './latest-attempts.ts';
import type { KeptReports } from './pending-reports.ts';
import type { Attempt, AttemptResult } from './send-attempt.ts';

export interface PendingReports {
  readonly keepLost: (report: WireTaskReport, since: number, isSafe: () => void) => void;
  /** Failures first. Never rejects. */
  readonly send: (deadline: number, most: number) => Promise<void>;
  /**
   * The environment ends: a platform that took nothing lately gets one request, and the others only
   * if it takes that one. Never rejects.
   */
  readonly sendLast: (deadline: number) => Promise<void>;
  /** Ends that after what is on its way. Never rejects. */
  readonly finish: () => Promise<void>;
}

export interface PendingReportsParts {
  readonly attempt: Attempt;
  readonly sendPolicy: SendPolicy;
  readonly freezes: Freezes;
  readonly spool: Spool | undefined;
  readonly kept: KeptReports;
  readonly latest: LatestAttempts;
  /** What is on its way, by its id. */
  readonly inFlight: Map<string | null, Promise<unknown>>;
  readonly settle: (waiting: PendingReport, result: AttemptResult, isKept: boolean) => void;
  readonly logsKept: boolean;
}

// More at once would only meet the rate limit earlier.
const atOnce = 4;
// Less is not enough for a question and a request.
const leastTimeMs = 50;
// What the end of an environment gives a platform that may still be down.
const probeMs = 500;

export function createPendingReports(parts: PendingReportsParts): PendingReports {
  const { attempt, sendPolicy, freezes, spool, kept, latest, inFlight, settle, logsKept } = parts;
  /** Of lost runs, where what waits is logged. */
  const untried = new Map<string | null, PendingReport>();
  /** Of lost runs, where no file could be written. What is left of them must stay until they are sent. */
  const unkept = new Map<PendingReport, () => void>();
  let sending: Promise<void> | undefined;
  let isFinishing = false;

  const mayTry = (): boolean => !freezes.isImminent() && sendPolicy.mayTry();

  /** @returns whether another one is worth trying */
  const resend = async (waiting: PendingReport, deadline: number): Promise<boolean> => {
    untried.delete(waiting.report.id);
    const result = await attempt(waiting, deadline);
    settle(waiting, result, true);
    return result.kind !== 'undelivered';
  };

  /** @returns whether others are worth trying */
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

  /** Sends what is in no file. What cannot be sent now is logged. */
  const sendUnkept = async (deadline: number): Promise<void> => {
    for (const [waiting, isSafe] of unkept) {
      unkept.delete(waiting);
      const result = mayTry() ? await attempt(waiting, deadline) : undefined;
      if (result !== undefined && result.kind !== 'undelivered') settle(waiting, result, false);
      else if (!latest.isOutdated(waiting)) kept.giveUp(waiting);
      isSafe();
    }
  };

  /** What the send policy lets through; files are read only then. */
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
      // Not beside each other: a success could get the last place of the platform's limit.
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
      // A report that is refused for good must not keep the others back.
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
