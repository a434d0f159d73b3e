import { expect, test } from 'vitest';
import { createRateLimiter } from '../../../src/cli/replay/rate-limiter.ts';

test('allows at most the configured requests in any minute', async () => {
  const startedAt = await sendWithLimit(10, 35, 20);

  const minuteAgo = startedAt.map((time, index) => time - (startedAt[index - 10] ?? -Infinity));
  expect(Math.min(...minuteAgo)).toBeGreaterThanOrEqual(60_000);
  expect(startedAt.at(-1)).toBeLessThan(3 * 61_000);
});

test('starts the minute at the end of a request', async () => {
  const startedAt = await sendWithLimit(1, 2, 5_000);

  expect(startedAt).toEqual([0, 65_000]);
});

test('does not limit requests at a rate of 0', async () => {
  const startedAt = await sendWithLimit(0, 500, 0);

  expect(startedAt.at(-1)).toBe(0);
});

test('counts failed requests towards the rate', async () => {
  const clock = virtualClock();
  const limitRate = createRateLimiter({ perMinute: 1, ...clock });

  await limitRate(() => Promise.reject(new Error('failed'))).catch(() => undefined);
  await limitRate(async () => undefined);

  expect(clock.now()).toBe(60_000);
});

async function sendWithLimit(
  perMinute: number,
  count: number,
  durationMs: number,
): Promise<number[]> {
  const clock = virtualClock();
  const limitRate = createRateLimiter({ perMinute, ...clock });
  const startedAt: number[] = [];
  for (let sent = 0; sent < count; sent += 1) {
    await limitRate(async () => {
      startedAt.push(clock.now());
      await clock.sleep(durationMs);
    });
  }
  return startedAt;
}

function virtualClock(): { now: () => number; sleep: (ms: number) => Promise<void> } {
  let time = 0;
  return {
    now: () => time,
    sleep: async (ms) => {
      time += ms;
    },
  };
}
