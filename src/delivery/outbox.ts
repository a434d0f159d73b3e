/** Gets reports out: at once if the platform takes them, from the spool when it does again. */
import { ApiError, ApiKeyError, ConnectionError } from '../errors.ts';
import type { Log } from '../log.ts';
import { startTimeLimit } from '../platform/time-limit.ts';
import type { WireTaskReport } from '../report/task-report.ts';
import { logDeadLetter, logLostCount } from './dead-letter.ts';
import { hasFinishedAttempt } from './finished-attempt.ts';
import type { Gate } from './gate.ts';
import { createLatest } from './latest-attempts.ts';
import { logIsWritten } from './log-is-written.ts';
import {
  type DeliveryResult,
  noTime,
  type ReportDestination,
  sendReport,
} from './report-sender.ts';
import type { Spool, WaitingReport } from './spool/spool.ts';

export interface Outbox {
  /**
   * Sends a report; what the platform cannot take now is kept for later. Never rejects.
   *
   * @param deadline - on the clock of `performance.now()`
   * @param isSafe - called when the report will survive the end of the process, or is given up
   * @returns whether others that wait are worth trying now: it was not tried in vain
   */
  readonly send: (report: WireTaskReport, deadline: number, isSafe: () => void) => Promise<boolean>;
  /**
   * Keeps the report of a run whose process died. A later attempt of it may have finished
   * meanwhile: the platform is asked before it is sent.
   *
   * @param since - when the run began, in epoch milliseconds
   * @param isSafe - called when it will survive the end of this process, or has been sent or logged
   */
  readonly keepLost: (report: WireTaskReport, since: number, isSafe: () => void) => void;
  /** Keeps a report without sending it yet. @returns whether it will survive the process */
  readonly keepForLater: (report: WireTaskReport) => boolean;
  /** Keeps or logs a report that somebody else tried to send. */
  readonly takeUndelivered: (
    report: WireTaskReport,
    result: DeliveryResult & { kind: 'undelivered' },
  ) => void;
  /** How many wait. */
  readonly waiting: () => number;
  /** Sends what waits, failures first. Never rejects. */
  readonly sendWaiting: (deadline: number, most: number) => Promise<void>;
  /**
   * The environment ends: sends what waits. A platform that took nothing lately gets one request,
   * and the others only if it takes that one. Never rejects.
   */
  readonly sendLast: (deadline: number) => Promise<void>;
  /**
   * Writes what still waits into the log: the environment ends, and its files with it. What the
   * log has not taken in time stays in its file. Never rejects.
   */
  readonly writeOut: (deadline: number) => Promise<void>;
  /** The same in a process that ends at once: nobody knows what the log will take. */
  readonly writeOutNow: () => void;
}

export interface OutboxParts {
  readonly destination: ReportDestination;
  readonly gate: Gate;
  /** Undefined where nothing can be kept: then an undelivered report goes into the log at once. */
  readonly spool: Spool | undefined;
  /**
   * Whether what is kept is written into the log as well: where nobody says that the environment
   * is about to end, its files end with it.
   */
  readonly logsKept: boolean;
  readonly log: Log;
}

// More at once would only meet the rate limit earlier.
const atOnce = 4;
// Less is not enough for a question and a request.
const leastTimeMs = 50;
// What the end of an environment gives a platform that may still be down.
const probeMs = 500;
// Lines that the log is given before it is waited for.
const linesAtOnce = 16;
const linesAtTheEnd = 200;

export function createOutbox({ destination, gate, spool, logsKept, log }: OutboxParts): Outbox {
  const counts = { delivered: 0, kept: 0, dropped: 0 };
  const inFlight = new Map<string | null, Promise<unknown>>();
  const latest = createLatest();
  /** Of lost runs, where what waits is logged. */
  const untried = new Map<string | null, WaitingReport>();
  /** Of lost runs, where no file could be written. What is left of them must stay until they are sent. */
  const unkept = new Map<WaitingReport, () => void>();
  let isSending = false;
  /** Why the gate is closed, if it is. */
  let obstacle: Error | undefined;
  let isTroubled = false;

  const logged = new Set<string | null>();

  const giveUp = (waiting: WaitingReport): void => {
    counts.dropped += 1;
    if (!logged.delete(waiting.report.id)) writeDown(waiting);
  };

  const writeDown = (waiting: WaitingReport): void =>
    logDeadLetter(log, destination.agentId, waiting);

  /** @returns whether it is kept; what it displaced is in the log */
  const keep = (waiting: WaitingReport): boolean => {
    const displaced = spool?.keep(waiting) ?? [waiting];
    const others = displaced.filter(({ report }) => report !== waiting.report);
    for (const other of others) giveUp(other);
    return others.length === displaced.length;
  };

  const sendNew = async (
    report: WireTaskReport,
    deadline: number,
    isKept: boolean,
    earlier: Promise<unknown> | undefined,
  ): Promise<DeliveryResult> => {
    // An earlier attempt must not arrive after this one.
    await earlier;
    const isFirst = !(isKept && report.is_success && failuresWait());
    return isFirst && gate.mayTry() ? transmit(report, deadline) : notTried();
  };

  /** Sends it; the gate is open. */
  const transmit = async (
    report: WireTaskReport,
    deadline: number,
    triesOnce = false,
  ): Promise<DeliveryResult> => {
    const timeMs = deadline - performance.now();
    const options = { leaveLimits: Boolean(spool), triesOnce };
    const result =
      timeMs > 0
        ? await sendReport(destination, JSON.stringify(report), timeMs, options)
        : noTime();
    gate.ended(result);
    obstacle = result.kind === 'undelivered' && !isFinal(result.error) ? result.error : undefined;
    return result;
  };

  const notTried = (): DeliveryResult => ({
    kind: 'undelivered',
    attempts: 0,
    error: obstacle ?? new ConnectionError('Others are sent first.', { code: 'ABORTED' }),
  });

  /** A limited platform gets failures first: they are what people look for. */
  const failuresWait = (): boolean => {
    if (spool === undefined || spool.size().count < 2 || !gate.isLimited()) return false;
    const [first] = spool.next(1);
    return first !== undefined && !first.report.is_success;
  };

  const settle = (waiting: WaitingReport, result: DeliveryResult, isKept: boolean): void => {
    const id = waiting.report.id ?? '';
    // What the file of this id holds by now is a later attempt.
    if (latest.isOutdated(waiting)) return;
    if (result.kind === 'delivered') {
      counts.delivered += 1;
      spool?.remove(id);
      logged.delete(id);
      log.debug(`run ${id} was reported (tries: ${result.attempts}).`);
      announceRecovery();
      return;
    }
    const { error } = result;
    const attempts = waiting.attempts + result.attempts;
    const tried = { ...waiting, attempts, reason: `${error.name}: ${error.message}` };
    if (!isKept || isFinal(error)) {
      spool?.remove(id);
      giveUp(tried);
      return;
    }
    counts.kept += 1;
    // On a disk that has filled up meanwhile the older file is gone as well.
    if (result.attempts > 0 && !keep(tried)) {
      giveUp(tried);
      return;
    }
    if (!logsKept) {
      if (obstacle) announceTrouble(obstacle);
    } else if (!logged.has(id)) {
      logged.add(id);
      writeDown(tried);
    }
  };

  const announceTrouble = (error: Error): void => {
    if (isTroubled) return;
    isTroubled = true;
    log.warn(`reports are kept for later: ${error.name}: ${error.message}`);
  };

  const announceRecovery = (): void => {
    if (!isTroubled) return;
    isTroubled = false;
    const waiting = spool?.size().count ?? 0;
    log.info(
      `the platform takes reports again; ${waiting} wait (delivered ${counts.delivered}, kept for later ${counts.kept}, given up ${counts.dropped}).`,
    );
  };

  /** Sends what is in no file. What cannot be sent now is logged. */
  const sendUnkept = async (deadline: number): Promise<void> => {
    for (const [waiting, isSafe] of unkept) {
      unkept.delete(waiting);
      const isSent = gate.mayTry() && (await resend(waiting, deadline, false));
      if (!isSent && !latest.isOutdated(waiting)) giveUp(waiting);
      isSafe();
    }
  };

  const resend = async (
    waiting: WaitingReport,
    deadline: number,
    isKept = true,
  ): Promise<boolean> => {
    const { report } = waiting;
    untried.delete(report.id);
    try {
      if (waiting.askFirst && (await isSuperseded(report, deadline))) {
        spool?.remove(report.id ?? '');
        gate.ended({ kind: 'delivered', attempts: 1 });
        log.debug(`run ${report.id} has finished in a later attempt.`);
        return true;
      }
    } catch (error) {
      const refused = { kind: 'undelivered', attempts: 1, error: asError(error) } as const;
      gate.ended(refused);
      // Asked again it would be refused again, and all that wait behind it would wait for ever.
      if (isKept && isFinal(refused.error)) settle(waiting, refused, true);
      return false;
    }
    if (latest.isOutdated(waiting)) {
      gate.withdraw();
      return true;
    }
    // Before another try the platform would have to be asked again.
    const result = await transmit(report, deadline, waiting.askFirst);
    if (isKept || result.kind === 'delivered') settle(waiting, result, isKept);
    return result.kind === 'delivered';
  };

  /** What the gate lets through; files are read only then. */
  const nextBatch = (from: Spool, most: number): readonly WaitingReport[] => {
    const waiting = Math.min(most, from.size().count - inFlight.size);
    let allowed = 0;
    while (allowed < waiting && gate.mayTry()) allowed += 1;
    if (allowed === 0) return [];
    const batch = from
      .next(allowed + inFlight.size)
      .filter(({ report }) => !inFlight.has(report.id))
      .slice(0, allowed);
    if (batch.length === 0) gate.withdraw();
    return batch;
  };

  const isSuperseded = async (report: WireTaskReport, deadline: number): Promise<boolean> => {
    const { signal, stop } = startTimeLimit(deadline - performance.now());
    const { agentId, apiKeys, baseUrl } = destination;
    try {
      const apiKey = await apiKeys.get(signal);
      const timeoutMs = Math.max(1, deadline - performance.now());
      return await hasFinishedAttempt(
        { apiKey, baseUrl, timeoutMs },
        { agentId, id: report.id ?? '' },
      );
    } finally {
      stop();
    }
  };

  const waitingCount = (): number => (spool?.size().count ?? 0) + unkept.size;

  const sendWaiting = async (deadline: number, most: number): Promise<void> => {
    if (spool === undefined || isSending) return;
    isSending = true;
    try {
      await sendUnkept(deadline);
      for (let left = most; left > 0 && deadline - performance.now() > leastTimeMs; ) {
        const batch = nextBatch(spool, Math.min(left, atOnce));
        if (batch.length === 0) return;
        const sending = batch.map((waiting) => {
          const one = resend(waiting, deadline);
          inFlight.set(waiting.report.id, one);
          return one.finally(() => {
            if (inFlight.get(waiting.report.id) === one) inFlight.delete(waiting.report.id);
          });
        });
        const sent = await Promise.all(sending);
        if (sent.includes(false)) return;
        left -= batch.length;
      }
    } finally {
      isSending = false;
      for (const [id, waiting] of untried) {
        logged.add(id);
        writeDown(waiting);
      }
      untried.clear();
    }
  };

  return {
    async send(report, deadline, isSafe) {
      const since = latest.begin(report.id);
      const waiting = newcomer(report, since);
      // What the log has is an earlier attempt.
      logged.delete(report.id);
      const earlier = inFlight.get(report.id);
      const isKept = keep(waiting);
      if (isKept) isSafe();
      const sending = sendNew(report, deadline, isKept, earlier);
      inFlight.set(report.id, sending);
      const result = await sending;
      settle(waiting, result, isKept);
      if (inFlight.get(report.id) === sending) inFlight.delete(report.id);
      isSafe();
      return result.kind === 'delivered' || result.attempts === 0;
    },

    keepForLater(report) {
      const since = latest.begin(report.id);
      logged.delete(report.id);
      return keep(newcomer(report, since));
    },

    takeUndelivered(report, result) {
      const waiting = newcomer(report, latest.begin(report.id));
      logged.delete(report.id);
      settle(waiting, result, keep(waiting));
    },

    waiting: () => spool?.size().count ?? 0,

    keepLost(report, since, isSafe) {
      const reason = 'the process of the run died';
      const waiting = { report, askFirst: true, attempts: 0, reason, since };
      if (!latest.isOutdated(waiting) && !keep(waiting)) {
        unkept.set(waiting, isSafe);
        return;
      }
      isSafe();
      if (logsKept) untried.set(report.id, waiting);
    },

    sendWaiting,

    async sendLast(deadline) {
      if (spool === undefined || waitingCount() === 0) return;
      if (gate.isPaused()) {
        gate.endPauses();
        await sendWaiting(Math.min(deadline, performance.now() + probeMs), 1);
      }
      // A report that is refused for good must not keep the others back.
      for (let before = Number.POSITIVE_INFINITY; !gate.isPaused() && waitingCount() < before; ) {
        before = waitingCount();
        await sendWaiting(deadline, Number.POSITIVE_INFINITY);
      }
    },

    writeOutNow() {
      if (spool === undefined) return;
      const batch = spool.next(linesAtTheEnd);
      for (const waiting of batch) giveUp(waiting);
      logLostCount(log, spool.size().count - batch.length);
    },

    async writeOut(deadline) {
      if (spool === undefined) return;
      while (performance.now() < deadline) {
        const batch = spool.next(linesAtOnce);
        if (batch.length === 0) return;
        for (const waiting of batch) giveUp(waiting);
        if (!(await logIsWritten(deadline))) return;
        for (const { report } of batch) spool.remove(report.id ?? '');
      }
      logLostCount(log, spool.size().count);
    },
  };
}

function newcomer(report: WireTaskReport, since: number): WaitingReport {
  // By the time that it is sent again Lambda may have tried again, and with success.
  const askFirst = !report.is_success;
  return { report, askFirst, attempts: 0, reason: 'not sent yet', since };
}

/** Whether the same report would be refused whenever it is sent. */
function isFinal(error: Error): boolean {
  if (error instanceof ApiError) {
    return error.statusCode < 500 && ![408, 425, 429].includes(error.statusCode);
  }
  return !(error instanceof ConnectionError || error instanceof ApiKeyError);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
