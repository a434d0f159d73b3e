/**
 * Decides which reports are sent only after the platform has been asked for its record: all that
 * another environment may have overtaken. The one place that decides it.
 */
import { wallClockMs } from '../../base/clock.ts';
import type { Freezes } from '../execution-environment/freezes.ts';
import type { SendPolicy } from '../policy/send-policy.ts';
import type { PendingReport } from '../spool/spool.ts';

export interface AskFirst {
  /**
   * This process has a new report.
   *
   * @param birth - the count of freezes when its event began
   */
  readonly born: (id: string, birth: number) => void;
  /** It waits for another try. */
  readonly waits: (waiting: PendingReport) => void;
  /** The report is gone. */
  readonly forget: (id: string) => void;
  readonly isNeeded: (waiting: PendingReport) => boolean;
  /** Whether each further try needs a question of its own. */
  readonly isNeededAgain: (waiting: PendingReport) => boolean;
}

// Managed Instances are never frozen, and Lambda repeats what failed there elsewhere.
const freshMs = 5_000;
// More than a spool holds.
const mostIds = 4_000;

/** @param isNeverFrozen - see `Storage` */
export function createAskFirst(
  freezes: Freezes,
  sendPolicy: SendPolicy,
  isNeverFrozen = false,
): AskFirst {
  const births = new Map<string, number>();
  const birthOf = ({ report: { id } }: PendingReport): number | undefined =>
    id === null ? undefined : births.get(id);
  return {
    born(id, birth) {
      births.delete(id);
      births.set(id, birth);
      const [oldest] = births.keys();
      if (births.size > mostIds && oldest !== undefined) births.delete(oldest);
    },
    waits({ report: { id, is_success: isSuccess } }) {
      // Another worker may report the next attempt meanwhile.
      if (isNeverFrozen && !isSuccess && id !== null) births.delete(id);
    },
    forget: (id) => void births.delete(id),
    isNeededAgain: ({ report }) => isNeverFrozen && !report.is_success,
    isNeeded(waiting) {
      const birth = birthOf(waiting);
      const isSuccess = waiting.report.is_success;
      const isFresh = Math.abs(wallClockMs() - waiting.since) < freshMs;
      if (birth === freezes.count() && isFresh) return false;
      if (!isSuccess || birth === undefined) return true;
      // Lambda repeats no success whose process went on to another event, and a question costs one of
      // the platform's requests. Where nothing is ever frozen it is asked while there are enough.
      return birth === freezes.count() && !sendPolicy.isLimited();
    },
  };
}
