import { expect, test } from 'vitest';
import { createPace } from '../../../src/cli/replay/request-pace.ts';

test('lets no more requests pass in any minute than allowed', async () => {
  const startedAt = await paced(10, 35, 20);

  const minuteAgo = startedAt.map((time, index) => time - (startedAt[index - 10] ?? -Infinity));
  expect(Math.min(...minuteAgo)).toBeGreaterThanOrEqual(60_000);
  expect(startedAt.at(-1)).toBeLessThan(3 * 61_000);
});

test('counts the minute from the end of a request', async () => {
  const startedAt = await paced(1, 2, 5_000);

  expect(startedAt).toEqual([0, 65_000]);
});

test('waits for nothing at a rate of 0', async () => {
  const startedAt = await paced(0, 500, 0);

  expect(startedAt.at(-1)).toBe(0);
});

test('counts requests that fail', async () => {
  const clock = virtualClock();
  const pace = createPace({ perMinute: 1, ...clock });

  await pace(() => Promise.reject(new Error('failed'))).catch(() => undefined);
  await pace(async () => undefined);

  expect(clock.now()).toBe(60_000);
});

async function paced(perMinute: number, count: number, durationMs: number): Promise<number[]> {
  const clock = virtualClock();
  const pace = createPace({ perMinute, ...clock });
  const startedAt: number[] = [];
  for (let sent = 0; sent < count; sent += 1) {
    await pace(async () => {
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
