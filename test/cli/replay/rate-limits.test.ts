/** Replaying to a platform that limits the rate of requests. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { startForTest } from '../../local/platform-client.ts';
import { backlogOf, sendTo } from './send-test-backlog.ts';

test('waits as long as each 429 asks and reports the pauses', async () => {
  const pauses: (number | undefined)[] = [];
  const slept: number[] = [];
  const headers = { 'retry-after': '1800' };
  const platform = await startForTest({
    faults: [
      { kind: 'status', status: 429, headers: { 'retry-after': '30' }, times: 4 },
      { kind: 'status', status: 429, times: 1 },
      { kind: 'status', status: 429, headers: { 'retry-after': '0' }, times: 1 },
      { kind: 'status', status: 429, headers, times: 1 },
      // Rate limits do not count as attempts: another failure is retried like a first one.
      { kind: 'drop', times: 2 },
    ],
  });
  const backlog = await backlogOf([{ id: 'a' }]);

  const result = await sendTo(platform, backlog, {
    onProgress: (_, pauseMs) => pauses.push(pauseMs),
    clock: { now: () => performance.now(), sleep: async (ms) => void slept.push(ms) },
  });

  expect(result).toMatchObject({ sent: 1, notSent: [] });
  expect(slept.slice(0, -2)).toEqual([
    ...[30_000, 30_000, 30_000, 30_000],
    ...[15_000, 1_000, 1_800_000],
  ]);
  expect(pauses).toEqual([30_000, 30_000, 30_000, 30_000, 15_000, 1_800_000, undefined]);
});

test('does not wait longer than an hour for a rate limit', async () => {
  const headers = { 'retry-after': '86400' };
  const platform = await startForTest({ faults: { kind: 'status', status: 429, headers } });
  const backlog = await backlogOf([{ id: 'a' }]);

  const result = await sendTo(platform, backlog);

  expect(result).toMatchObject({
    sent: 0,
    notSent: [{ reason: expect.stringContaining('429 (too many requests)') }],
  });
});

test('sends 500 reports at 100 per minute without exceeding the rate limit of the platform', async () => {
  // Both rate limits use this clock, so the test does not wait.
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const platform = await startForTest({ rateLimitPerMinute: 100, requestLogSize: 2_000 });
  const ids = Array.from({ length: 500 }, (_, index) => `run-${index}`);
  const backlog = await backlogOf(
    ids.map((id) => ({ id, is_success: id.endsWith('7') === false })),
  );
  const startedAt = performance.now();

  const result = await sendTo(platform, backlog, {
    perMinute: 100,
    clock: {
      now: () => performance.now(),
      sleep: async (ms) => void vi.advanceTimersByTime(Math.ceil(ms)),
    },
  });

  expect(result).toEqual({
    sent: 500,
    alreadyThere: 0,
    notSent: [],
    notTried: [],
    stopped: undefined,
  });
  expect(platform.tasks()).toHaveLength(500);
  // 500 reports, and a status request for each of the 50 failures. A 429 would add requests.
  expect(platform.requests()).toHaveLength(550);
  expect(performance.now() - startedAt).toBe(5 * 60_000);
});
