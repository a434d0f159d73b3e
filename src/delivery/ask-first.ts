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
  return {
    born(id, birth) {
      births.delete(id);
      births.set(id, birth);
      const [oldest] = births.keys();
      if (births.size > mostIds && oldest !== undefined) births.delete(oldest);
    },
    forget: (id) => void births.delete(id),
    isNeeded({ report: { id, is_success: isSuccess }, since }) {
      const birth = id === null ? undefined : births.get(id);
      const isFresh = Math.abs(wallClockMs() - since) < freshMs;
      if (birth === freezes.count() && isFresh) return false;
      // A question costs one of the platform's requests. Lambda does not repeat a success whose
      // process went on to another event.
      return !(isSuccess && birth !== undefined && gate.isLimited());
    },
  };
}
