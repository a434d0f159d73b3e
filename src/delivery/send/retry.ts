/** Decides whether to retry a failed attempt, and when. */
import { ApiError, ConnectionError } from '../../errors.ts';
import { policyFor } from '../policy/error-policy.ts';

// More attempts in a row rarely help, and an in-band response waits for them.
const mostAttempts = 3;
const firstDelayMs = 100;
const longestDelayMs = 1_000;

/** A failed attempt to send a report. */
export interface FailedTry {
  readonly error: unknown;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Milliseconds left for all further attempts. */
  readonly leftMs: number;
}

/**
 * Returns the milliseconds to wait before the next attempt, or undefined if none is worth making.
 * Sending a report again is safe: the same id updates the same record.
 *
 * @param random - from 0 to 1; spreads the attempts of many environments
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
  // A kept-alive connection was dead. A new one needs no delay.
  if (attempt === 1 && error instanceof ConnectionError && deadCodes.has(error.code)) return 0;
  return random() * Math.min(longestDelayMs, firstDelayMs * 2 ** attempt);
}
