import { ApiError, ConnectionError } from '../../errors.ts';
import { policyFor } from '../policy/error-policy.ts';

// More attempts in a row rarely help, and an in-band response waits for them.
const mostAttempts = 3;
const firstDelayMs = 100;
const longestDelayMs = 1_000;

/** A try that failed. */
export interface FailedTry {
  readonly error: unknown;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Milliseconds left for all further tries. */
  readonly leftMs: number;
}

/**
 * Milliseconds to wait before the next try, undefined when there is none worth making. Sending a
 * report again is safe: the same id updates the same record.
 *
 * @param random - from 0 to 1; spreads the tries of many environments
 */
export function retryDelayMs(
  { error, attempt, leftMs }: FailedTry,
  random: () => number = Math.random,
): number | undefined {
  if (attempt >= mostAttempts || !policyFor(error).isTemporary) return undefined;
  const delayMs = askedDelayMs(error) ?? backoffMs(error, attempt, random);
  return delayMs < leftMs ? delayMs : undefined;
}

const deadCodes = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

function askedDelayMs(error: unknown): number | undefined {
  if (!(error instanceof ApiError) || error.retryAfterSeconds === undefined) return undefined;
  return error.retryAfterSeconds * 1_000;
}

function backoffMs(error: unknown, attempt: number, random: () => number): number {
  // A connection that was kept open is dead: a new one needs no pause.
  if (attempt === 1 && error instanceof ConnectionError && deadCodes.has(error.code)) return 0;
  return random() * Math.min(longestDelayMs, firstDelayMs * 2 ** attempt);
}
