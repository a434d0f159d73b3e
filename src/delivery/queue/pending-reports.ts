/** The reports that are not delivered yet: kept in files, or written into the log. */
import type { Log } from '../../base/log.ts';
import { logDeadLetter, logLostCount, logWaitingCount } from '../dead-letter/dead-letter.ts';
import { logIsWritten } from '../dead-letter/flush-log.ts';
import type { PendingReport, Spool } from '../spool/spool.ts';
import type { AskFirst } from './record-check.ts';

/** Nothing here throws or rejects. */
export interface KeptReports {
  /** @returns whether it is kept; what it displaced is in the log */
  readonly keep: (waiting: PendingReport) => boolean;
  /** Writes a report into the log, once. It stays kept. */
  readonly log: (waiting: PendingReport) => void;
  /** It is kept no longer: the log holds it. */
  readonly giveUp: (waiting: PendingReport) => void;
  /** It is kept no longer: the platform has it, or a later one. */
  readonly forget: (id: string) => void;
  /** How many were given up. */
  readonly dropped: () => number;
  /**
   * Writes all that is kept into the log: the environment ends, and its files with it. What the log
   * has not taken in time stays in its file.
   */
  readonly writeOut: (deadline: number) => Promise<void>;
  /**
   * Writes what is kept into the log and keeps it: the environment may be used again, or may not.
   * A line a turn, so that others of this process have theirs; stops when it is no longer wanted.
   */
  readonly writeDown: (deadline: number, isWanted?: () => boolean) => Promise<void>;
  /** The same in a process that ends at once. */
  readonly writeDownNow: () => void;
}

export interface KeptReportsParts {
  readonly agentId: string;
  readonly spool: Spool | undefined;
  readonly askFirst: AskFirst;
  readonly log: Log;
}

// Lines that the log is given before it is waited for.
const linesAtOnce = 16;
const linesAtTheEnd = 200;
// More than are tried at once.
const mostGivenUp = 1_000;
// Each line may have to be shortened, and a process that ends holds nobody up.
const longestNowMs = 200;

export function createKeptReports({
  agentId,
  spool,
  askFirst,
  log,
}: KeptReportsParts): KeptReports {
  let dropped = 0;
  /** Reports that the log holds, of which a try may still be under way. */
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
      // A try that was under way has failed since.
      if (givenUp.has(keyOf(waiting))) return true;
      const displaced = spool?.keep(waiting) ?? [waiting];
      const others = displaced.filter(({ report }) => report !== waiting.report);
      for (const other of others) giveUp(other);
      return others.length === displaced.length;
    },

    async writeOut(deadline) {
      if (spool === undefined) return;
      // A process that is killed on the way says nothing more.
      if (spool.unlogged() > linesAtOnce) logWaitingCount(log, spool.unlogged());
      while (performance.now() < deadline) {
        const batch = spool.next(linesAtOnce);
        if (batch.length === 0) return;
        const written = batch.filter((waiting) => {
          // On a small function a few lines may take all that is left.
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
        // Marked at once: the end of the process may come next, and would write it again.
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

/** Each attempt of a run has a report of its own. */
function keyOf({ report, since }: PendingReport): string {
  return `${report.id} ${since}`;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
