/** Sends one report, after a check of the platform's record where that is needed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startTimeLimit } from '../../base/time-limit.ts';
import { ConnectionError } from '../../errors.ts';
import type { Freezes } from '../execution-environment/freezes.ts';
import type { DeliveryResult } from '../policy/delivery-result.ts';
import { isRateLimit } from '../policy/error-policy.ts';
import type { SendPolicy } from '../policy/send-policy.ts';
import { retryDelayMs } from '../send/retry.ts';
import { type ReportDestination, sendReport } from '../send/send-report.ts';
import type { PendingReport } from '../spool/spool.ts';
import type { LatestAttempts } from './latest-attempts.ts';
import { isSuperseded } from './newer-attempt.ts';
import type { AskFirst } from './record-check.ts';

export type AttemptResult =
  | DeliveryResult
  /** The platform, or this process, has a later attempt of the task. */
  | { readonly kind: 'superseded' };

export interface AttemptParts {
  readonly destination: ReportDestination;
  readonly sendPolicy: SendPolicy;
  readonly freezes: Freezes;
  readonly askFirst: AskFirst;
  readonly latest: LatestAttempts;
  /** Whether a rate limit ends the delivery, because the report can wait in the spool. */
  readonly leaveLimits: boolean;
}

/** Sends one report that the send policy has allowed. Never rejects. */
export type Attempt = (waiting: PendingReport, deadline: number) => Promise<AttemptResult>;

export function createAttempt(parts: AttemptParts): Attempt {
  const { destination, sendPolicy, freezes, askFirst, latest, leaveLimits } = parts;

  const ask = async (
    waiting: PendingReport,
    deadline: number,
    freeze: AbortSignal,
  ): Promise<boolean> => {
    const { report, since, sinceMonotonicMs } = waiting;
    const { agentId, apiKeys, baseUrl } = destination;
    const { signal, stop } = startTimeLimit(deadline - performance.now(), freeze);
    try {
      const apiKey = await apiKeys.get(signal);
      const timeoutMs = Math.max(1, deadline - performance.now());
      const attempt = {
        agentId,
        id: report.id ?? '',
        isSuccess: report.is_success,
        endedAt: since,
        endedMonotonicMs: sinceMonotonicMs,
      };
      return await isSuperseded({ apiKey, baseUrl, timeoutMs }, attempt, { signal });
    } finally {
      stop();
    }
  };

  const transmit = async (
    { report }: PendingReport,
    deadline: number,
    freeze: AbortSignal,
    triesOnce: boolean,
  ): Promise<DeliveryResult> => {
    const timeMs = deadline - performance.now();
    if (timeMs <= 0) return undelivered(noTime(), 0);
    const options = { leaveLimits, triesOnce, freeze };
    return sendReport(destination, JSON.stringify(report), timeMs, options);
  };

  const attemptOnce: Attempt = async (waiting, deadline) => {
    // The check of the platform's record is valid only until the environment may be frozen.
    const freeze = freezes.signal();
    const asks = askFirst.isNeeded(waiting);
    if (asks && deadline <= performance.now()) return undelivered(noTime(), 0);
    try {
      if (asks && (await ask(waiting, deadline, freeze))) return { kind: 'superseded' };
    } catch (error) {
      return undelivered(asError(error), freeze.aborted ? 0 : 1);
    }
    if (asks && latest.isOutdated(waiting)) return { kind: 'superseded' };
    return transmit(waiting, deadline, freeze, asks || askFirst.isNeededAgain(waiting));
  };

  /** Retries as often as `sendReport`, with a check before each retry. */
  const attemptAgain: Attempt = async (waiting, deadline) => {
    for (let tries = 0; ; ) {
      const result = await attemptOnce(waiting, deadline);
      if (result.kind !== 'undelivered') return result;
      tries += result.attempts;
      const { error } = result;
      const leftMs = deadline - performance.now();
      const isLast = leaveLimits && isRateLimit(error);
      const delayMs = isLast ? undefined : retryDelayMs({ error, attempt: tries, leftMs });
      if (delayMs === undefined || result.attempts === 0) return undelivered(error, tries);
      askFirst.waits(waiting);
      await sleep(delayMs);
    }
  };
  const attempt: Attempt = (waiting, deadline) =>
    (askFirst.isNeededAgain(waiting) ? attemptAgain : attemptOnce)(waiting, deadline);

  return async (waiting, deadline) => {
    const result = await attempt(waiting, deadline);
    if (result.kind === 'superseded') sendPolicy.ended({ kind: 'delivered', attempts: 1 });
    else sendPolicy.ended(result);
    return result;
  };
}

export function undelivered(
  error: Error,
  attempts: number,
): DeliveryResult & { kind: 'undelivered' } {
  return { kind: 'undelivered', attempts, error };
}

function noTime(): ConnectionError {
  return new ConnectionError('The invocation had no time left for its report.', {
    code: 'ETIMEDOUT',
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
