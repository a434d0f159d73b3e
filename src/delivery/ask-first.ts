/**
 * Decides which reports are sent only after the platform has been asked for its record: all that
 * another environment may have overtaken. The one place that decides it.
 */
import { wallClockMs } from '../clock.ts';
import type { Freezes } from './freezes.ts';
import type { Gate } from './gate.ts';
import type { WaitingReport } from './spool/spool.ts';

export interface AskFirst {
  /**
   * This process has a new report.
   *
   * @param birth - the count of freezes when its event began
   */
  readonly born: (id: string, birth: number) => void;
  /** The report is gone. */
  readonly forget: (id: string) => void;
  readonly isNeeded: (waiting: WaitingReport) => boolean;
}

// Managed Instances are never frozen, and Lambda repeats what failed there elsewhere.
const freshMs = 5_000;
// More than a spool holds.
const mostIds = 4_000;

export function createAskFirst(freezes: Freezes, gate: Gate): AskFirst {
  const births = new Map<string, number>();
  const birthOf = ({ report: { id } }: WaitingReport): number | undefined =>
    id === null ? undefined : births.get(id);
  return {
    born(id, birth) {
      births.delete(id);
      births.set(id, birth);
      const [oldest] = births.keys();
      if (births.size > mostIds && oldest !== undefined) births.delete(oldest);
    },
    forget: (id) => void births.delete(id),
    isNeeded(waiting) {
      const birth = birthOf(waiting);
      const isSuccess = waiting.report.is_success;
      const isFresh = Math.abs(wallClockMs() - waiting.since) < freshMs;
      if (birth === freezes.count() && isFresh) return false;
      if (!isSuccess || birth === undefined) return true;
      // Lambda repeats no success whose process went on to another event, and a question costs one of
      // the platform's requests. Where nothing is ever frozen it is asked while there are enough.
      return birth === freezes.count() && !gate.isLimited();
    },
  };
}
