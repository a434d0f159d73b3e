import { expect, test } from 'vitest';
import type { FlushMode } from '../../../src/config/option-values.ts';
import { createFlushPolicy, readFlushMode } from '../../../src/sentinel/server/flush-policy.ts';

test('one invocation after a long pause is reported at once', () => {
  const policy = afterPauses('adaptive', [60_000]);

  expect(policy.defers(true)).toBe(false);
  expect(policy.isDue(1, 0)).toBe(true);
});

test('after nine invocations in a row a success may wait, a failure may not', () => {
  const policy = afterPauses('adaptive', Array(8).fill(200));

  expect(policy.defers(true)).toBe(true);
  expect(policy.defers(false)).toBe(false);
  expect(policy.isDue(1, 0)).toBe(false);
  expect(policy.isWelcome(1, 0)).toBe(true);
});

test('fewer than that prove nothing', () => {
  expect(afterPauses('adaptive', Array(7).fill(1)).defers(true)).toBe(false);
});

test('a long pause ends it', () => {
  expect(afterPauses('adaptive', [...Array(20).fill(1), 9_000]).defers(true)).toBe(false);
});

test('what gathers faster than it leaves is waited for', () => {
  expect(afterPauses('adaptive', Array(8).fill(1)).isDue(50, 0)).toBe(true);
});

test('periodically: not more often than every five seconds', () => {
  const policy = createFlushPolicy('periodic');
  policy.flushed(10_000);

  expect(policy.defers(true)).toBe(true);
  expect(policy.isDue(1, 14_999)).toBe(false);
  expect(policy.isDue(1, 15_000)).toBe(true);
  expect(policy.isDue(0, 15_000)).toBe(false);
  expect(policy.isWelcome(1, 14_999)).toBe(false);
});

test('at the end of each invocation, however busy it is', () => {
  const policy = afterPauses('end', Array(20).fill(1));

  expect(policy.defers(true)).toBe(false);
  expect(policy.isDue(1, 0)).toBe(true);
});

test('the mode is read leniently, and a wrong one is named', () => {
  const warnings: string[] = [];
  const modeOf = (text: string | undefined): FlushMode =>
    readFlushMode({ XPANDER_SENTINEL_FLUSH: text }, (message) => void warnings.push(message));

  expect(modeOf(undefined)).toBe('adaptive');
  expect(modeOf(' END ')).toBe('end');
  expect(warnings).toEqual([]);
  expect(modeOf('often')).toBe('adaptive');
  expect(warnings).toEqual([
    "XPANDER_SENTINEL_FLUSH must be one of 'adaptive', 'end', 'periodic'; it is 'often'. The default is used.",
  ]);
});

function afterPauses(mode: FlushMode, pauses: readonly number[]) {
  const policy = createFlushPolicy(mode);
  let now = 0;
  policy.over(now);
  for (const pause of pauses) {
    now += pause;
    policy.begun(now);
    now += 100;
    policy.over(now);
  }
  return policy;
}
