/** Decides which reports may be superseded, so that the platform's record is checked first. */
import { wallClockMs } from '../../base/clock.ts';
import type { Freezes } from '../execution-environment/freezes.ts';
import type { SendPolicy } from '../policy/send-policy.ts';
import type { PendingReport } from '../spool/spool.ts';

export interface AskFirst {
  /**
   * Registers a new report of this process.
   *
   * @param birth - the count of freezes when its event began
   */
  readonly born: (id: string, birth: number) => void;
  /** The report waits for another send attempt. */
  readonly waits: (waiting: PendingReport) => void;
  /** The report is delivered, logged or superseded. */
  readonly forget: (id: string) => void;
  /** Whether to check the platform's record before sending the report. */
  readonly isNeeded: (waiting: PendingReport) => boolean;
  /** Whether each retry needs its own check. */
  readonly isNeededAgain: (waiting: PendingReport) => boolean;
}

// Managed Instances are never frozen, and Lambda retries a failure elsewhere in the meantime.
const freshMs = 5_000;
// More reports than a spool holds.
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
      // In the meantime another worker may report the next attempt of the task.
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
      // Lambda does not retry a success whose process went on to another event. Without a freeze, a
      // success is checked only while no rate limit applies, because a check costs a request.
      return birth === freezes.count() && !sendPolicy.isLimited();
    },
  };
}
