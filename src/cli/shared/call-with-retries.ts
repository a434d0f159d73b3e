import { setTimeout as sleep } from 'node:timers/promises';
import { startTimeLimit } from '../../base/time-limit.ts';
import { retryDelayMs } from '../../delivery/send/retry.ts';
import { ConnectionError } from '../../errors.ts';

/**
 * Makes a call of the platform again where that may help, with the pauses of a function's delivery
 * and for as long as there is time.
 *
 * @param timeMs - for all tries together
 * @throws ConnectionError with the code `ETIMEDOUT` when the time is over, else the last try's error
 */
export async function callWithRetries<T>(
  timeMs: number,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = startTimeLimit(timeMs);
  const deadline = performance.now() + timeMs;
  let lastError: unknown;
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call(limit.signal);
      } catch (error) {
        if (limit.isOver()) throw timeIsUp(timeMs, lastError ?? error);
        const delayMs = retryDelayMs({ error, attempt, leftMs: deadline - performance.now() });
        if (delayMs === undefined) throw error;
        lastError = error;
        await sleep(delayMs);
      }
    }
  } finally {
    limit.stop();
  }
}

function timeIsUp(timeMs: number, cause: unknown): ConnectionError {
  const last = cause instanceof ConnectionError && cause.code === 'ABORTED' ? '' : reasonOf(cause);
  return new ConnectionError(
    `There was no answer within ${timeMs / 1_000} s.${last} --timeout gives it longer.`,
    { code: 'ETIMEDOUT', cause },
  );
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? ` Last: ${cause.message}` : '';
}
