/** Logs once, with the cause, that reports are kept for later, and once when this is over. */
import type { Log } from '../../base/log.ts';
import { policyFor } from '../policy/error-policy.ts';
import type { AttemptResult } from './send-attempt.ts';

export interface TroubleLog {
  /** Records why a report was not delivered. @returns the result */
  readonly watch: (result: AttemptResult) => AttemptResult;
  /** Why the last report was not delivered, if a later attempt may succeed. */
  readonly obstacle: () => Error | undefined;
  /** Logs the cause when the first report of an outage is kept. */
  readonly announce: () => void;
  /** Logs the end of an outage after a delivery. */
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
      // A delivery that was aborted because of a freeze says nothing about the platform.
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
