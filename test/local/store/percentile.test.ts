import { expect, test } from 'vitest';
import { stepsOf } from '../../../src/local/store/metrics-steps.ts';
import { percentile } from '../../../src/local/store/percentile.ts';

const oneTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

test.each([
  [0, 0.5, null],
  [1, 0.5, 1],
  [1, 0.95, 1],
  [2, 0.5, 1],
  [3, 0.5, 2],
  [4, 0.5, 2],
  [19, 0.95, 19],
  [20, 0.95, 19],
  [21, 0.95, 20],
  [40, 0.95, 38],
  [100, 0.95, 95],
  [100, 1, 100],
  [100_000, 0.95, 95_000],
])('of 1 to %i the percentile %d is the value of the nearest rank', (count, share, expected) => {
  expect(percentile(oneTo(count), share)).toBe(expected);
});

const minute = 60_000;
const day = 24 * 60 * minute;

test.each([
  [15 * minute, minute, 16],
  [day, 30 * minute, 49],
  [7 * day, 3 * 60 * minute, 57],
  [30 * day, 12 * 60 * minute, 61],
  [3650 * day, 91 * day, 41],
  [100_000 * day, 1667 * day, 60],
])('cuts %i ms into steps of %i ms at multiples of that', (length, sizeMs, most) => {
  const fromMs = Date.UTC(2026, 2, 1, 10, 7, 13, 5);

  const steps = stepsOf(fromMs, fromMs + length);

  expect(steps.sizeMs).toBe(sizeMs);
  expect(steps.begins.every((begin) => begin % sizeMs === 0)).toBe(true);
  expect(steps.begins[0]).toBeLessThanOrEqual(fromMs);
  expect(steps.begins[0]).toBeGreaterThan(fromMs - sizeMs);
  expect(steps.begins.at(-1)).toBeLessThan(fromMs + length);
  expect(Math.abs(steps.begins.length - most)).toBeLessThanOrEqual(1);
});
