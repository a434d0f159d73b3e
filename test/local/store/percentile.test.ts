import { expect, test } from 'vitest';
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
])('computes of the values 1 to %i the percentile %d by nearest rank', (count, share, expected) => {
  expect(percentile(oneTo(count), share)).toBe(expected);
});
