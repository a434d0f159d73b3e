import { expect, test } from 'vitest';
import { timeSteps } from '../../../src/local/store/time-steps.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

test.each([
  [15 * minute, minute, 16],
  [day, 30 * minute, 49],
  [7 * day, 3 * 60 * minute, 57],
  [30 * day, 12 * 60 * minute, 61],
  [3650 * day, 91 * day, 41],
  [100_000 * day, 1667 * day, 60],
])(
  'divides %i ms into steps of %i ms that start at multiples of their size',
  (durationMs, sizeMs, expectedSteps) => {
    const fromMs = Date.UTC(2026, 2, 1, 10, 7, 13, 5);

    const steps = timeSteps(fromMs, fromMs + durationMs);

    expect(steps.sizeMs).toBe(sizeMs);
    expect(steps.starts.every((start) => start % sizeMs === 0)).toBe(true);
    expect(steps.starts[0]).toBeLessThanOrEqual(fromMs);
    expect(steps.starts[0]).toBeGreaterThan(fromMs - sizeMs);
    expect(steps.starts.at(-1)).toBeLessThan(fromMs + durationMs);
    expect(Math.abs(steps.starts.length - expectedSteps)).toBeLessThanOrEqual(1);
  },
);
