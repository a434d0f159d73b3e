import { expect, test } from 'vitest';
import { timeoutMarginMs } from '../../../src/delivery/execution-environment/timeout-margin.ts';

test.each([
  [900_000, 1_000],
  [10_000, 1_000],
  [6_000, 600],
  [3_000, 300],
  [1_000, 300],
  [400, 200],
  [0, 0],
])('of %i ms it is %i ms', (remainingMs, marginMs) => {
  expect(timeoutMarginMs(remainingMs)).toBe(marginMs);
});
