/** The time of one invocation. */

import { performance } from 'node:perf_hooks';
import { deferred } from './deferred.ts';

export interface InvocationClock {
  /** When the function must have ended, in milliseconds since 1970. */
  readonly deadlineMs: number;
  /** Resolves at the deadline, if the clock still runs. */
  readonly timeout: Promise<{ readonly kind: 'timeout' }>;
  readonly elapsedMs: () => number;
  readonly stop: () => void;
}

export function startInvocationClock(timeoutMs: number): InvocationClock {
  const startedAt = performance.now();
  const timeout = deferred<{ readonly kind: 'timeout' }>();
  const timer = setTimeout(() => timeout.resolve({ kind: 'timeout' }), timeoutMs);
  return {
    deadlineMs: Date.now() + timeoutMs,
    timeout: timeout.promise,
    elapsedMs: () => performance.now() - startedAt,
    stop: () => clearTimeout(timer),
  };
}
