/** The API key: fixed, or read from AWS Secrets Manager when it is first needed and then kept. */

import { untilAborted } from '../../base/until-aborted.ts';
import type { ApiKeySource } from '../../config/api-key-source.ts';
import { ApiKeyError } from '../../errors.ts';
import { loadingTimeMs } from '../execution-environment/loading-time.ts';
import { createSecretFetcher, type FetchSecretOptions } from './fetch-secret.ts';
import { keyFromSecret, usableKey } from './secret-value.ts';

export interface ApiKeyOptions extends FetchSecretOptions {
  /**
   * How long a key from a secret is used before it is read again, in milliseconds.
   *
   * @default 900000 (15 minutes)
   */
  readonly ttlMs?: number | undefined;
  /** Told when an expired key stays in use because reading it again failed. */
  readonly onRefreshFailed?: ((error: ApiKeyError) => void) | undefined;
  /**
   * Clock, in milliseconds. The wall clock, because keys grow old also while the environment is
   * frozen or lies in a snapshot, and the monotonic clock may stand still then.
   *
   * @default Date.now
   */
  readonly now?: (() => number) | undefined;
}

export interface ApiKeyProvider {
  /**
   * Starts reading in the background if no fresh key is held. Meant for the start of an
   * invocation, not for init: what is read there would be kept in a snapshot. Never throws.
   */
  prefetch(): void;
  /** How long `get()` may keep the process from all else, in milliseconds. */
  loadingTimeMs(): number;
  /**
   * The key. Callers share one read, which goes on when the signal ends the wait of one.
   *
   * @throws ApiKeyError when there is none, or the signal is aborted before it is there
   */
  get(signal?: AbortSignal): Promise<string>;
  /**
   * Tells that the platform refused a key (401, 403), so that the next `get()` reads it anew.
   * Returns whether that can help: false for a fixed key, and when the last such attempt is less
   * than a minute old.
   */
  refused(refusedKey: string): boolean;
}

const fifteenMinutesMs = 900_000;

// Long enough that the delivery of a short run does not repeat what its prefetch just tried.
const failureSharedMs = 1000;

// How long an expired key serves on after a failed refresh. Without a pause a hanging Secrets
// Manager would cost each invocation the time of a read.
const staleMs = 60_000;

// A secret with a wrong key costs one read a minute, not one per invocation.
const refusalPauseMs = 60_000;

// No read takes this long, even with the SDK being loaded in the smallest function. One that
// is older was frozen in an earlier invocation: its connection is gone, nobody should join it.
const frozenMs = 10_000;

export function createApiKeyProvider(
  source: ApiKeySource,
  options: ApiKeyOptions = {},
): ApiKeyProvider {
  return source.kind === 'value' ? fixedKey(source.apiKey) : secretKey(source, options);
}

function fixedKey(apiKey: string): ApiKeyProvider {
  return {
    prefetch: () => undefined,
    loadingTimeMs: () => 0,
    get: async () => usableKey(apiKey, 'value of apiKey or XPANDER_API_KEY'),
    refused: () => false,
  };
}

type Outcome =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'error'; readonly error: ApiKeyError };

function secretKey(
  source: Extract<ApiKeySource, { kind: 'secret' }>,
  options: ApiKeyOptions,
): ApiKeyProvider {
  const { ttlMs = fifteenMinutesMs, now = Date.now, onRefreshFailed } = options;
  const fetchSecret = createSecretFetcher(source.secretId, options);

  let held: { readonly key: string; readonly since: number; readonly forMs: number } | undefined;
  let failure: { readonly error: ApiKeyError; readonly since: number } | undefined;
  let reading: { readonly outcome: Promise<Outcome>; readonly since: number } | undefined;
  let lastRefusal: number | undefined;

  return {
    prefetch() {
      if (freshKey() === undefined) void read();
    },

    loadingTimeMs: () => (freshKey() === undefined ? loadingTimeMs('secretsManager') : 0),

    async get(signal) {
      const key = freshKey();
      if (key !== undefined) return key;
      if (!reading && failure && isWithin(failure.since, failureSharedMs)) throw failure.error;

      const outcome = await waitFor(read, signal);
      if (outcome.kind === 'error') throw outcome.error;
      return outcome.key;
    },

    refused(refusedKey) {
      if (held?.key !== refusedKey) return true;
      if (lastRefusal !== undefined && isWithin(lastRefusal, refusalPauseMs)) return false;
      lastRefusal = now();
      held = undefined;
      return true;
    },
  };

  function freshKey(): string | undefined {
    return held && isWithin(held.since, held.forMs) ? held.key : undefined;
  }

  function read(): Promise<Outcome> {
    if (reading && isWithin(reading.since, frozenMs)) return reading.outcome;
    const mine = { since: now(), outcome: fetchKey().then(settle) };
    reading = mine;
    return mine.outcome;

    function settle(outcome: Outcome): Outcome {
      // A younger read has taken over: what this one brings is older than what that one will.
      if (reading !== mine) return outcome;
      reading = undefined;
      return keep(outcome);
    }
  }

  async function fetchKey(): Promise<Outcome> {
    try {
      const where = `secret '${source.secretId}'`;
      return { kind: 'key', key: keyFromSecret(await fetchSecret(), where, source.field) };
    } catch (error) {
      return { kind: 'error', error: asApiKeyError(error) };
    }
  }

  function keep(outcome: Outcome): Outcome {
    if (outcome.kind === 'key') {
      held = { key: outcome.key, since: now(), forMs: ttlMs };
      failure = undefined;
      return outcome;
    }
    if (!held) {
      failure = { error: outcome.error, since: now() };
      return outcome;
    }
    // The old key may still work; if it does not, the platform's refusal removes it.
    held = { key: held.key, since: now(), forMs: staleMs };
    onRefreshFailed?.(outcome.error);
    return { kind: 'key', key: held.key };
  }

  function isWithin(since: number, ms: number): boolean {
    const age = now() - since;
    // A clock that was set back counts as time passed: to read once too often is the safe side.
    return age >= 0 && age < ms;
  }
}

async function waitFor(read: () => Promise<Outcome>, signal?: AbortSignal): Promise<Outcome> {
  try {
    // Without time left the environment is about to freeze, and with it a read begun now.
    signal?.throwIfAborted();
    return await untilAborted(read(), signal);
  } catch (cause) {
    throw new ApiKeyError('The time was up before Secrets Manager had answered with the API key.', {
      cause,
    });
  }
}

function asApiKeyError(error: unknown): ApiKeyError {
  return error instanceof ApiKeyError
    ? error
    : new ApiKeyError('The API key could not be read from Secrets Manager.', { cause: error });
}
