/** Gets one report to the platform within a given time: key, request, retries. */
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
  /** Ends it before the time is over. */
  readonly givenUp?: AbortSignal | undefined;
  /**
   * Aborted when the environment may be frozen: after that a later attempt may have been reported.
   *
   * @default that of this process
   */
  readonly freeze?: AbortSignal;
  /** Whether a rate limit ends it, as the report can wait elsewhere. @default false */
  readonly leaveLimits?: boolean;
  /** Whether a failed try ends it: what was true of the platform may not be so for a second. @default false */
  readonly triesOnce?: boolean;
}

/**
 * Sends a request body until it is accepted, refused for good, or `timeMs` are over. Never
 * rejects.
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
      // The secret still holds the key that was refused: asking again would not help.
      if (apiKey === refusedKey) throw lastError;
      // Loads undici, which costs more than everything else here together.
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
      // An abort ends the pause; the next round sees it.
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

/** Nothing could be loaded any more: the report leaves another time. */
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
