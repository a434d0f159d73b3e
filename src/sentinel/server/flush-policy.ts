/** When reports leave, seen from the invocations. */

import type { Environment } from '../../config/environment.ts';
import { readChoice, type Warn } from '../../config/environment-options.ts';
import { type FlushMode, flushModes } from '../../config/option-values.ts';

export function readFlushMode(environment: Environment, warn: Warn): FlushMode {
  return readChoice(environment, 'sentinelFlush', flushModes, warn) ?? 'adaptive';
}

export interface FlushPolicy {
  /** An invocation begins. */
  readonly begun: (now: number) => void;
  /** It is over. */
  readonly over: (now: number) => void;
  /** Whether a report may be kept for later now. */
  readonly defers: (isSuccess: boolean) => boolean;
  /** Whether what waits is sent beside the handler of an invocation that begins. */
  readonly isWelcome: (waiting: number, now: number) => boolean;
  /** Whether what waits has to be sent before the invocation is over. */
  readonly isDue: (waiting: number, now: number) => boolean;
  readonly flushed: (now: number) => void;
}

// So many pauses, and so short on average, that the next invocation is most likely near.
const pausesLooked = 8;
const shortPauseMs = 1_000;
// What gathers faster than it leaves has to be waited for.
const mostWaiting = 50;
const periodMs = 5_000;

/** Times are milliseconds of any clock that goes on while the environment is frozen. */
export function createFlushPolicy(mode: FlushMode): FlushPolicy {
  let pauses: number[] = [];
  let lastOver: number | undefined;
  let lastFlush = Number.NEGATIVE_INFINITY;
  const isBusy = (): boolean =>
    pauses.length === pausesLooked &&
    pauses.reduce((sum, pause) => sum + pause, 0) < pausesLooked * shortPauseMs;
  const isPeriodOver = (waiting: number, now: number): boolean =>
    waiting >= mostWaiting || now - lastFlush >= periodMs;

  return {
    begun(now) {
      if (lastOver === undefined) return;
      pauses = [...pauses, Math.max(0, now - lastOver)].slice(-pausesLooked);
    },
    over(now) {
      lastOver = now;
    },
    // People look for failures, and they are rare.
    defers: (isSuccess) => isSuccess && (mode === 'periodic' || (mode === 'adaptive' && isBusy())),
    isWelcome: (waiting, now) => waiting > 0 && (mode !== 'periodic' || isPeriodOver(waiting, now)),
    isDue(waiting, now) {
      if (waiting === 0) return false;
      if (mode === 'periodic') return isPeriodOver(waiting, now);
      return mode === 'end' || waiting >= mostWaiting || !isBusy();
    },
    flushed(now) {
      lastFlush = now;
    },
  };
}
