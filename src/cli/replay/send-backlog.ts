/** Sends a backlog in order, one request at a time, and stops early if further requests would fail. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Connection } from '../../config/platform-configuration.ts';
import { isKeyRefused, isRateLimit, policyFor } from '../../delivery/policy/error-policy.ts';
import { isSuperseded } from '../../delivery/queue/newer-attempt.ts';
import { retryDelayMs } from '../../delivery/send/retry.ts';
import { type ApiError, XpanderError } from '../../errors.ts';
import { callApi, reportTaskPath } from '../../platform/api-call.ts';
import { createRedactor } from '../../report/redaction/redact.ts';
import type { Backlog, BacklogEntry } from './backlog.ts';
import { parseDeadLetter } from './parse-dead-letter.ts';
import { createRateLimiter } from './rate-limiter.ts';

/** The outcome of the reports so far. */
export interface SendProgress {
  sent: number;
  alreadyThere: number;
  readonly notSent: FailedReport[];
}

/** A report that the platform rejected or that failed after all retries. */
export interface FailedReport {
  readonly entry: BacklogEntry;
  readonly reason: string;
}

/** Why sending stopped before every report was tried. */
export interface StopReason {
  readonly kind: 'key-refused' | 'unreachable' | 'interrupted';
  readonly reason: string;
}

export interface SendResult extends SendProgress {
  readonly notTried: readonly BacklogEntry[];
  readonly stopped: StopReason | undefined;
}

export interface SendOptions {
  readonly connection: Connection;
  /** Maximum requests in any minute; 0 for no limit. */
  readonly perMinute: number;
  /** Stops sending and aborts the current request. */
  readonly signal: AbortSignal;
  /** Called after each report, and before a pause of more than a second. */
  readonly onProgress: (progress: SendProgress, pauseMs?: number) => void;
  /** @default the system clock */
  readonly clock?: Clock;
}

export interface Clock {
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** Rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => wait(ms, undefined, { signal }),
};

// The platform also has an hourly limit and may ask for a pause until the hour ends.
const maxPauseMs = 65 * 60_000;
// Used for a 429 without Retry-After: the platform counts requests per minute.
const defaultRateLimitPauseMs = 15_000;
// A single failure may be caused by its report, this many in a row are not.
const maxConsecutiveFailures = 5;

export async function sendBacklog(backlog: Backlog, options: SendOptions): Promise<SendResult> {
  const progress: SendProgress = { sent: 0, alreadyThere: 0, notSent: [] };
  const send = createSender(backlog, options, (pauseMs) => options.onProgress(progress, pauseMs));
  const entries = backlog.entries();
  let consecutiveFailures = 0;
  for (const [index, entry] of entries.entries()) {
    const stop = (kind: StopReason['kind'], reason: string, from: number): SendResult => ({
      ...progress,
      notTried: entries.slice(from),
      stopped: { kind, reason },
    });
    try {
      const outcome = await send(entry);
      progress[outcome] += 1;
      consecutiveFailures = 0;
    } catch (error) {
      if (options.signal.aborted) return stop('interrupted', 'Interrupted.', index);
      if (!(error instanceof XpanderError)) throw error;
      if (isKeyRefused(error)) {
        return stop('key-refused', `${reasonOf(error)} Check XPANDER_API_KEY.`, index);
      }
      progress.notSent.push({ entry, reason: reasonOf(error) });
      consecutiveFailures = policyFor(error).isFinal ? 0 : consecutiveFailures + 1;
      if (consecutiveFailures === maxConsecutiveFailures) {
        const reason = `${consecutiveFailures} reports in a row could not be sent. ${reasonOf(error)}`;
        return stop('unreachable', reason, index + 1);
      }
    }
    options.onProgress(progress);
  }
  return { ...progress, notTried: [], stopped: undefined };
}

type Sender = (entry: BacklogEntry) => Promise<'sent' | 'alreadyThere'>;

function createSender(
  backlog: Backlog,
  { connection, perMinute, signal, clock = systemClock }: SendOptions,
  onPause: (ms: number) => void,
): Sender {
  const sleep = (ms: number): Promise<void> => {
    if (ms > 1_000) onPause(ms);
    return clock.sleep(ms, signal);
  };
  const limitRate = createRateLimiter({ perMinute, now: clock.now, sleep });

  async function withRetries<T>(request: () => Promise<T>): Promise<T> {
    let attempt = 0;
    let leftMs = maxPauseMs;
    for (;;) {
      try {
        return await limitRate(request);
      } catch (error) {
        // A rate limit is not a failure of this report, so it does not count as an attempt.
        if (!isRateLimit(error)) attempt += 1;
        const delayMs = isRateLimit(error)
          ? rateLimitDelayMs(error, leftMs)
          : retryDelayMs({ error, attempt, leftMs });
        if (delayMs === undefined) throw error;
        leftMs -= delayMs;
        await sleep(delayMs);
      }
    }
  }

  return async (entry) => {
    // If a retry of the invocation has finished, its record must not be replaced by the failure.
    if (!entry.isSuccess) {
      const hasFinished = await withRetries(() => isSuperseded(connection, entry, { signal }));
      if (hasFinished) return 'alreadyThere';
    }
    const line = parseDeadLetter(await backlog.json(entry));
    if (line.kind === 'unreadable') throw new XpanderError(line.reason);
    const path = reportTaskPath(entry.agentId);
    // The response body is parsed so that a proxy's HTML page does not count as a delivery.
    const call = { method: 'POST', path, body: line.body, read: asIs } as const;
    await withRetries(() => callApi(connection, call, { signal }));
    return 'sent';
  };
}

function asIs(answer: unknown): unknown {
  return answer;
}

function rateLimitDelayMs({ retryAfterSeconds }: ApiError, leftMs: number): number | undefined {
  const requestedMs =
    retryAfterSeconds === undefined ? defaultRateLimitPauseMs : retryAfterSeconds * 1_000;
  const delayMs = Math.max(requestedMs, 1_000);
  return delayMs <= leftMs ? delayMs : undefined;
}

/** Redacted because the platform may quote the report in its error. */
function reasonOf(error: Error): string {
  return createRedactor([])
    .redactText(error.message)
    .replace(/[^.…]$/, '$&.');
}
