/** Logs once that reports have to wait, with the cause, and once that they need not any more. */
import type { Log } from '../../base/log.ts';
import { policyFor } from '../policy/error-policy.ts';
import type { AttemptResult } from './send-attempt.ts';

export interface TroubleLog {
  /** Takes note of why a report was not delivered. @returns the result */
  readonly watch: (result: AttemptResult) => AttemptResult;
  /** Why the last report was not delivered, if it may be later. */
  readonly obstacle: () => Error | undefined;
  /** A report has to wait. */
  readonly announce: () => void;
  /** A report was delivered. */
  readonly over: () => void;
}

export interface TroubleCounts {
  readonly delivered: number;
  readonly kept: number;
  readonly dropped: number;
  readonly waiting: number;
}

export function createTroubleLog(log: Log, counts: () => TroubleCounts): TroubleLog {
  let obstacle: Error | undefined;
  let isTroubled = false;
  return {
    watch(result) {
      if (result.kind !== 'undelivered') {
        obstacle = undefined;
        return result;
      }
      const { kind, isFinal } = policyFor(result.error);
      // What was given up for a freeze says nothing about the platform.
      if (kind !== 'aborted') obstacle = isFinal ? undefined : result.error;
      return result;
    },
    obstacle: () => obstacle,
    announce() {
      if (obstacle === undefined || isTroubled) return;
      isTroubled = true;
      log.warn(`reports are kept for later: ${obstacle.name}: ${obstacle.message}`);
    },
    over() {
      if (!isTroubled) return;
      isTroubled = false;
      const { delivered, kept, dropped, waiting } = counts();
      log.info(
        `the platform takes reports again; ${waiting} wait (delivered ${delivered}, kept for later ${kept}, given up ${dropped}).`,
      );
    },
  };
}
