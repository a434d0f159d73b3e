/** Keeps undelivered reports in files, or writes them to the log. */
import type { Log } from '../../base/log.ts';
import { logDeadLetter, logLostCount, logWaitingCount } from '../dead-letter/dead-letter.ts';
import { logIsWritten } from '../dead-letter/flush-log.ts';
import type { PendingReport, Spool } from '../spool/spool.ts';
import type { AskFirst } from './record-check.ts';

/** No method throws or rejects. */
export interface KeptReports {
  /** @returns whether the report is kept or already logged; reports that it displaces are logged */
  readonly keep: (waiting: PendingReport) => boolean;
  /** Writes a report to the log, once, and keeps its file. */
  readonly log: (waiting: PendingReport) => void;
  /** Writes a report to the log because its file is not kept any longer. */
  readonly giveUp: (waiting: PendingReport) => void;
  /** Removes a report because the platform has it, or a later one. */
  readonly forget: (id: string) => void;
  /** The number of reports that were given up. */
  readonly dropped: () => number;
  /**
   * Flushes all kept reports to the log before the environment and its files end. A report that
   * the log does not accept in time stays in its file.
   */
  readonly writeOut: (deadline: number) => Promise<void>;
  /**
   * Writes kept reports to the log and keeps their files, because the environment may be used
   * again. Writes one line per turn of the event loop, so that other work of this process can run.
   * Stops when `isWanted` returns false.
   */
  readonly writeDown: (deadline: number, isWanted?: () => boolean) => Promise<void>;
  /** The same, synchronously, in a process that is about to exit. */
  readonly writeDownNow: () => void;
}

export interface KeptReportsParts {
  readonly agentId: string;
  readonly spool: Spool | undefined;
  readonly askFirst: AskFirst;
  readonly log: Log;
}

// Lines that are written before waiting for the log.
const linesAtOnce = 16;
const linesAtTheEnd = 200;
// More reports than are sent at the same time.
const mostGivenUp = 1_000;
// Each line may need truncation, and the exit of the process must not take long.
const longestNowMs = 200;

export function createKeptReports({
  agentId,
  spool,
  askFirst,
  log,
}: KeptReportsParts): KeptReports {
  let dropped = 0;
  /** Logged reports, of which a send attempt may still be in flight. */
  const givenUp = new Set<string>();

  const write = (waiting: PendingReport): void => {
    if (!waiting.isLogged) logDeadLetter(log, agentId, waiting);
  };

  const forget = (id: string): void => {
    askFirst.forget(id);
    spool?.remove(id);
  };

  const giveUp = (waiting: PendingReport): void => {
    dropped += 1;
    write(waiting);
    givenUp.add(keyOf(waiting));
    const [oldest] = givenUp;
    if (givenUp.size > mostGivenUp && oldest !== undefined) givenUp.delete(oldest);
    askFirst.forget(waiting.report.id ?? '');
  };

  const writeAndMark = (waiting: PendingReport): void => {
    write(waiting);
    spool?.markLogged(waiting.report.id ?? '');
  };

  return {
    log: writeAndMark,
    giveUp,
    forget,
    dropped: () => dropped,

    keep(waiting) {
      // It was logged during a send attempt, which has failed in the meantime.
      if (givenUp.has(keyOf(waiting))) return true;
      const displaced = spool?.keep(waiting) ?? [waiting];
      const others = displaced.filter(({ report }) => report !== waiting.report);
      for (const other of others) giveUp(other);
      return others.length === displaced.length;
    },

    async writeOut(deadline) {
      if (spool === undefined) return;
      // Log the count first: the process may be killed before all lines are written.
      if (spool.unlogged() > linesAtOnce) logWaitingCount(log, spool.unlogged());
      while (performance.now() < deadline) {
        const batch = spool.next(linesAtOnce);
        if (batch.length === 0) return;
        const written = batch.filter((waiting) => {
          // On a small function a few lines may take all the remaining time.
          const isInTime = performance.now() < deadline;
          if (isInTime) giveUp(waiting);
          return isInTime;
        });
        if (!(await logIsWritten(deadline))) return;
        for (const { report } of written) spool.remove(report.id ?? '');
      }
      logLostCount(log, spool.unlogged());
    },

    async writeDown(deadline, isWanted = () => true) {
      if (spool === undefined) return;
      for (let lines = 0; lines < linesAtTheEnd && performance.now() < deadline; lines += 1) {
        if (!isWanted()) return;
        const [waiting] = spool.nextUnlogged(1);
        if (waiting === undefined) return;
        // Mark it immediately: the process may end next, and would log it again.
        writeAndMark(waiting);
        if (!(await logIsWritten(deadline))) break;
        await nextTurn();
      }
      if (isWanted()) logLostCount(log, spool.unlogged());
    },

    writeDownNow() {
      if (spool === undefined) return;
      const deadline = performance.now() + longestNowMs;
      for (let lines = 0; lines < linesAtTheEnd && performance.now() < deadline; lines += 1) {
        const [waiting] = spool.nextUnlogged(1);
        if (waiting === undefined) return;
        writeAndMark(waiting);
      }
      logLostCount(log, spool.unlogged());
    },
  };
}

/** Each attempt of a task has its own report. */
function keyOf({ report, since }: PendingReport): string {
  return `${report.id} ${since}`;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
