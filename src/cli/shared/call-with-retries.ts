import { setTimeout as sleep } from 'node:timers/promises';
import { startTimeLimit } from '../../base/time-limit.ts';
import { retryDelayMs } from '../../delivery/send/retry.ts';
import { ConnectionError } from '../../errors.ts';

/**
 * Calls the platform and retries temporary errors, with the same delays as a function's delivery.
 *
 * @param timeMs - time limit for all attempts together
 * @throws ConnectionError with the code `ETIMEDOUT` at the time limit, otherwise the last error
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
        if (limit.isOver()) throw timeoutError(timeMs, lastError ?? error);
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

function timeoutError(timeMs: number, cause: unknown): ConnectionError {
  const lastError =
    cause instanceof ConnectionError && cause.code === 'ABORTED' ? '' : lastErrorText(cause);
  return new ConnectionError(
    `No response within ${timeMs / 1_000} s.${lastError} Use --timeout to wait longer.`,
    { code: 'ETIMEDOUT', cause },
  );
}

function lastErrorText(cause: unknown): string {
  return cause instanceof Error ? ` Last error: ${cause.message}` : '';
}
