import { expect, onTestFinished, test } from 'vitest';
import type { ApiKeyProvider } from '../../../src/delivery/credentials/api-key.ts';
import { sendReport } from '../../../src/delivery/send/send-report.ts';
import {
  type LocalPlatform,
  type LocalPlatformOptions,
  startLocalPlatform,
} from '../../../src/local/server/local-platform.ts';

const body = '{"id":"run-1","result":"done"}';

test('a report that is accepted has been sent once', async () => {
  const platform = await local();

  const result = await sendReport(to(platform), body, 3_000);

  expect(result).toEqual({ kind: 'delivered', attempts: 1 });
  expect(platform.requests()).toMatchObject([{ path: '/agent-execution/a/report_task' }]);
});

test('a fault that passes is tried again', async () => {
  const platform = await local({ faults: { kind: 'status', status: 503, times: 2 } });

  const result = await sendReport(to(platform), body, 3_000);

  expect(result).toEqual({ kind: 'delivered', attempts: 3 });
});

test('a connection that the platform closed is tried again on a new one', async () => {
  const platform = await local({ faults: { kind: 'drop', times: 1 } });

  const result = await sendReport(to(platform), body, 3_000);

  expect(result).toEqual({ kind: 'delivered', attempts: 2 });
  expect(platform.tasks('a')).toHaveLength(1);
});

test('an answer that was lost on the way does not make a second task', async () => {
  const platform = await local({ faults: { kind: 'drop', afterStoring: true, times: 1 } });

  const result = await sendReport(to(platform), body, 3_000);

  expect(result).toEqual({ kind: 'delivered', attempts: 2 });
  expect(platform.tasks('a')).toHaveLength(1);
});

test('a hanging first try leaves time for a second', async () => {
  const platform = await local({ faults: { kind: 'hang', times: 1 } });

  const result = await sendReport(to(platform), body, 3_000);

  expect(result).toEqual({ kind: 'delivered', attempts: 2 });
});

test('an answer that drips is not waited for: its status has come', async () => {
  const platform = await local({ faults: { kind: 'drip', intervalMs: 1_000 } });

  const result = await sendReport(to(platform), body, 900);

  expect(result).toEqual({ kind: 'delivered', attempts: 1 });
});

test('a platform that hangs costs the time that there is, and no more', async () => {
  const platform = await local({ faults: { kind: 'hang' } });
  const before = performance.now();

  const result = await sendReport(to(platform), body, 500);

  expect(result).toMatchObject({
    kind: 'undelivered',
    error: { name: 'ConnectionError', code: 'ETIMEDOUT' },
  });
  // More than the time, because the machine may be busy; the platform would hang for ever.
  expect(performance.now() - before).toBeLessThan(10_000);
});

test('a request that can never succeed is not repeated', async () => {
  const platform = await local({ faults: { kind: 'status', status: 422 } });

  const result = await sendReport(to(platform), body, 3_000);

  expect(result).toMatchObject({ kind: 'undelivered', attempts: 1, error: { statusCode: 422 } });
});

test('Retry-After is obeyed', async () => {
  const retryAfter = { 'retry-after': '1' };
  const fault = { kind: 'status', status: 429, headers: retryAfter, times: 1 } as const;
  const platform = await local({ faults: fault });
  const before = performance.now();

  const result = await sendReport(to(platform), body, 3_000);

  expect(result).toEqual({ kind: 'delivered', attempts: 2 });
  expect(performance.now() - before).toBeGreaterThan(950);
});

test('a refused key is read again, once', async () => {
  const platform = await local({ apiKeys: ['new'] });
  const keys = rotating(['old', 'new']);

  const result = await sendReport(to(platform, keys), body, 3_000);

  expect(result).toEqual({ kind: 'delivered', attempts: 2 });
});

test('a secret that still holds the refused key is not tried again', async () => {
  const platform = await local({ apiKeys: ['new'] });
  const keys = rotating(['old', 'old']);

  const result = await sendReport(to(platform, keys), body, 3_000);

  expect(result).toMatchObject({ kind: 'undelivered', attempts: 1, error: { statusCode: 403 } });
});

test('a key that never comes ends with the time', async () => {
  const platform = await local();
  const never: ApiKeyProvider = {
    prefetch: () => undefined,
    loadingTimeMs: () => 0,
    refused: () => false,
    get: (signal) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
  };

  const result = await sendReport(to(platform, never), body, 100);

  expect(result).toMatchObject({ kind: 'undelivered', attempts: 0 });
});

async function local(options: LocalPlatformOptions = {}): Promise<LocalPlatform> {
  const platform = await startLocalPlatform(options);
  onTestFinished(() => platform.close());
  return platform;
}

function to(platform: LocalPlatform, apiKeys = rotating(['key'])) {
  return { baseUrl: platform.url, agentId: 'a', apiKeys };
}

/** Keys of which a refusal brings the next one. */
function rotating(keys: readonly string[]): ApiKeyProvider {
  let current = 0;
  return {
    prefetch: () => undefined,
    loadingTimeMs: () => 0,
    get: async () => keys[current] ?? '',
    refused() {
      current += 1;
      return current < keys.length;
    },
  };
}
