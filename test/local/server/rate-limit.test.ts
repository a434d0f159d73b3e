import { expect, test } from 'vitest';
import { createRateLimit } from '../../../src/local/server/rate-limit.ts';

test('grants at most the configured requests in any 60 seconds', () => {
  let now = 0;
  const take = createRateLimit({ perMinute: 2, now: () => now });

  const decisions = [0, 30_000, 30_001, 59_999, 60_000, 60_001, 89_999, 90_000].map((time) => {
    now = time;
    return take();
  });

  expect(decisions).toEqual([
    { kind: 'granted' },
    { kind: 'granted' },
    { kind: 'refused', retryAfterSeconds: 30 },
    { kind: 'refused', retryAfterSeconds: 1 },
    { kind: 'granted' },
    { kind: 'refused', retryAfterSeconds: 30 },
    { kind: 'refused', retryAfterSeconds: 1 },
    { kind: 'granted' },
  ]);
});

test('grants a request after the returned delay', () => {
  let now = 12.3;
  const take = createRateLimit({ perMinute: 1, now: () => now });
  take();
  now = 1000.7;
  const refused = take();

  now += refused.kind === 'refused' ? refused.retryAfterSeconds * 1000 : 0;

  expect(take()).toEqual({ kind: 'granted' });
});

test('grants every request without a limit', () => {
  const take = createRateLimit({ perMinute: undefined });

  expect(Array.from({ length: 1000 }, take)).toEqual(Array(1000).fill({ kind: 'granted' }));
});
