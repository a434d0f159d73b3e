/** Sends what waits, in order, one request at a time, until all is sent or going on is pointless. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Connection } from '../../config/platform-configuration.ts';
import { isKeyRefused, isRateLimit, policyFor } from '../../delivery/policy/error-policy.ts';
import { isSuperseded } from '../../delivery/queue/newer-attempt.ts';
import { retryDelayMs } from '../../delivery/send/retry.ts';
import { type ApiError, XpanderError } from '../../errors.ts';
import { callApi, reportTaskPath } from '../../platform/api-call.ts';
import { createRedactor } from '../../report/redaction/redact.ts';
import type { Backlog, BacklogEntry } from './backlog.ts';
import { parseUndeliveredLine } from './parse-dead-letter.ts';
import { createPace } from './request-pace.ts';

/** What became of the reports so far. */
export interface Sent {
  sent: number;
  alreadyThere: number;
  readonly notSent: NotSent[];
}

/** A report that the platform refused, or that was given up after several tries. */
export interface NotSent {
  readonly entry: BacklogEntry;
  readonly reason: string;
}

/** Why reports were left that nobody tried to send. */
export interface Stopped {
  readonly kind: 'key-refused' | 'unreachable' | 'interrupted';
  readonly reason: string;
}

/** How sending ended. */
export interface SendResult extends Sent {
  readonly notTried: readonly BacklogEntry[];
  readonly stopped: Stopped | undefined;
}

/** Settings of {@link sendBacklog}. */
export interface SendOptions {
  readonly connection: Connection;
  /** Requests in any minute; 0: as many as there are. */
  readonly perMinute: number;
  /** Ends sending; the request under way is given up. */
  readonly signal: AbortSignal;
  /** Told after each report, and before a pause of more than a second. */
  readonly onProgress: (sofar: Sent, pauseMs?: number) => void;
  /** @default the system's */
  readonly clock?: Clock;
}

/** A clock that can be waited on. */
export interface Clock {
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** Rejects when the signal ends it. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => wait(ms, undefined, { signal }),
};

// The platform also counts by the hour, and may ask for the rest of one.
const longestPauseMs = 65 * 60_000;
// Where a refusal for the rate does not say how long: the platform counts by the minute.
const rateLimitPauseMs = 15_000;
// One report may be at fault itself; that many in a row are not.
const mostFailuresInARow = 5;

export async function sendBacklog(backlog: Backlog, options: SendOptions): Promise<SendResult> {
  const sofar: Sent = { sent: 0, alreadyThere: 0, notSent: [] };
  const send = createSender(backlog, options, (pauseMs) => options.onProgress(sofar, pauseMs));
  const entries = backlog.entries();
  let failuresInARow = 0;
  for (const [index, entry] of entries.entries()) {
    const stop = (kind: Stopped['kind'], reason: string, from: number): SendResult => ({
      ...sofar,
      notTried: entries.slice(from),
      stopped: { kind, reason },
    });
    try {
      const outcome = await send(entry);
      sofar[outcome] += 1;
      failuresInARow = 0;
    } catch (error) {
      if (options.signal.aborted) return stop('interrupted', 'It was interrupted.', index);
      if (!(error instanceof XpanderError)) throw error;
      if (isKeyRefused(error)) {
        return stop('key-refused', `${reasonOf(error)} Check XPANDER_API_KEY.`, index);
      }
      sofar.notSent.push({ entry, reason: reasonOf(error) });
      failuresInARow = policyFor(error).isFinal ? 0 : failuresInARow + 1;
      if (failuresInARow === mostFailuresInARow) {
        const reason = `${failuresInARow} reports in a row could not be sent. ${reasonOf(error)}`;
        return stop('unreachable', reason, index + 1);
      }
    }
    options.onProgress(sofar);
  }
  return { ...sofar, notTried: [], stopped: undefined };
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
  const pace = createPace({ perMinute, now: clock.now, sleep });

  async function persist<T>(request: () => Promise<T>): Promise<T> {
    let attempt = 0;
    let leftMs = longestPauseMs;
    for (;;) {
      try {
        return await pace(request);
      } catch (error) {
        // A full minute is no failure of this report: it uses up time, not tries.
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
    // Where a run has failed and its retry has not, the retry's record is the truth.
    if (!entry.isSuccess) {
      const hasLater = await persist(() => isSuperseded(connection, entry, { signal }));
      if (hasLater) return 'alreadyThere';
    }
    const line = parseUndeliveredLine(await backlog.json(entry));
    if (line.kind === 'unreadable') throw new XpanderError(line.reason);
    const path = reportTaskPath(entry.agentId);
    // The answer is parsed: an HTML page of some proxy means that nothing was delivered.
    const call = { method: 'POST', path, body: line.body, read: asIs } as const;
    await persist(() => callApi(connection, call, { signal }));
    return 'sent';
  };
}

function asIs(answer: unknown): unknown {
  return answer;
}

function rateLimitDelayMs({ retryAfterSeconds }: ApiError, leftMs: number): number | undefined {
  const askedMs = retryAfterSeconds === undefined ? rateLimitPauseMs : retryAfterSeconds * 1_000;
  const delayMs = Math.max(askedMs, 1_000);
  return delayMs <= leftMs ? delayMs : undefined;
}

/** A platform that refuses a report may quote from it. */
function reasonOf(error: Error): string {
  return createRedactor([])
    .redactText(error.message)
    .replace(/[^.…]$/, '$&.');
}
