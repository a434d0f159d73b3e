/** Sends one report to the platform within a time limit: API key, request, retries. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startTimeLimit, type TimeLimit } from '../../base/time-limit.ts';
import { ConnectionError, XpanderError } from '../../errors.ts';
import { reportTaskPath } from '../../platform/api-call.ts';
import type { ApiKeyProvider } from '../credentials/api-key.ts';
import { sharedFreezes } from '../execution-environment/freezes.ts';
import type { DeliveryResult } from '../policy/delivery-result.ts';
import { isKeyRefused, isRateLimit } from '../policy/error-policy.ts';
import { loadHttpClient } from './load-http-client.ts';
import { retryDelayMs } from './retry.ts';
import { tryTimeMs } from './time-budget.ts';

/** Where reports go. */
export interface ReportDestination {
  readonly baseUrl: string;
  readonly agentId: string;
  readonly apiKeys: ApiKeyProvider;
}

export interface SendOptions {
  /** Ends the delivery before its time is over. */
  readonly givenUp?: AbortSignal | undefined;
  /**
   * Aborted when the environment may be frozen. After that, another environment may have reported a
   * later attempt of the task.
   *
   * @default the signal of this process
   */
  readonly freeze?: AbortSignal;
  /** Whether a rate limit ends the delivery, as the report can wait in the spool. @default false */
  readonly leaveLimits?: boolean;
  /**
   * Whether one failed attempt ends the delivery, because a check of the platform's record may not
   * hold for a retry.
   *
   * @default false
   */
  readonly triesOnce?: boolean;
}

/**
 * Sends a request body until the platform accepts it or refuses it for good, or `timeMs` are over.
 * Never rejects.
 */
export async function sendReport(
  destination: ReportDestination,
  body: string,
  timeMs: number,
  options: SendOptions = {},
): Promise<DeliveryResult> {
  const { givenUp, freeze = sharedFreezes().signal() } = options;
  const limit = startTimeLimit(timeMs, givenUp, freeze);
  try {
    return await tryUntilOver(destination, body, timeMs, limit, options);
  } finally {
    limit.stop();
  }
}

async function tryUntilOver(
  { baseUrl, agentId, apiKeys }: ReportDestination,
  body: string,
  timeMs: number,
  { signal, isOver }: TimeLimit,
  { leaveLimits = false, triesOnce = false }: SendOptions,
): Promise<DeliveryResult> {
  const deadline = performance.now() + timeMs;
  const leftMs = (): number => deadline - performance.now();
  let attempts = 0;
  let lastError: unknown;
  let refusedKey: string | undefined;
  for (;;) {
    let apiKey: string | undefined;
    try {
      if (signal.aborted) throw notSent();
      if (apiKeys.loadingTimeMs() > leftMs()) return noTime(attempts, lastError);
      apiKey = await apiKeys.get(signal);
      // The secret still holds the refused key: another request would not help.
      if (apiKey === refusedKey) throw lastError;
      // Loads undici, which takes longer than everything else here together.
      const client = await loadHttpClient(leftMs());
      if (client === undefined) return noTime(attempts, lastError);
      if (signal.aborted) throw notSent();
      attempts += 1;
      await client.post({
        method: 'POST',
        url: baseUrl + reportTaskPath(agentId),
        apiKey,
        body,
        timeoutMs: tryTimeMs(attempts, leftMs()),
        signal,
      });
      return { kind: 'delivered', attempts };
    } catch (error) {
      const keyMayChange = apiKey !== refusedKey && mayKeyChange(error, apiKey, apiKeys);
      const isLast = triesOnce || (leaveLimits && isRateLimit(error));
      const delayMs = keyMayChange
        ? 0
        : retryDelayMs({ error, attempt: attempts, leftMs: leftMs() });
      if (isOver()) {
        return { kind: 'undelivered', attempts, error: timeIsUp(timeMs, lastError ?? error) };
      }
      if (delayMs === undefined || signal.aborted || (isLast && !keyMayChange)) {
        return { kind: 'undelivered', attempts, error: asError(error) };
      }
      lastError = error;
      if (keyMayChange) refusedKey = apiKey;
      // An abort ends the delay, and the next iteration handles it.
      await sleep(delayMs, undefined, { signal }).catch(ignore);
    }
  }
}

function mayKeyChange(
  error: unknown,
  apiKey: string | undefined,
  apiKeys: ApiKeyProvider,
): boolean {
  return apiKey !== undefined && isKeyRefused(error) && apiKeys.refused(apiKey);
}

/** There is no time left to load the key or the HTTP client. */
function noTime(attempts: number, lastError: unknown): DeliveryResult {
  const error = new ConnectionError('The invocation had no time left for its report.', {
    code: 'ETIMEDOUT',
    cause: lastError,
  });
  return { kind: 'undelivered', attempts, error };
}

function notSent(): ConnectionError {
  return new ConnectionError('It was given up before it was sent.', { code: 'ABORTED' });
}

function timeIsUp(timeMs: number, lastError: unknown): ConnectionError {
  return new ConnectionError(
    `The ${Math.round(timeMs)} ms for this delivery were up. Last: ${asError(lastError).message}`,
    { code: 'ETIMEDOUT', cause: lastError },
  );
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new XpanderError(String(error));
}

function ignore(): void {}
