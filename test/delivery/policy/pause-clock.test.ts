import { expect, test } from 'vitest';
import { createPauseClock } from '../../../src/delivery/policy/pause-clock.ts';

/** What passes on the clock of a process and on that of the wall. */
type Step = readonly [awakeMs: number, wallMs: number];

test.each<[string, readonly Step[], number]>([
  ['both clocks go on', [[1_000, 1_000]], 1_000],
  ['a freeze stands still for the process', [[5, 600_005]], 600_005],
  ['a freeze is counted by both', [[600_000, 600_000]], 600_000],
  ['many freezes', Array.from({ length: 100 }, () => [10, 60_010] as const), 6_001_000],
  ['the wall clock is corrected', [[1_000, 1_040]], 1_000],
  ['the wall clock is set back', [[1_000, -3_600_000]], 1_000],
  [
    'it is set back, then there is a freeze',
    [
      [10, -3_600_000],
      [10, 500_000],
    ],
    500_010,
  ],
  [
    'the wall clock counts whole milliseconds',
    Array.from({ length: 999 }, () => [0.5, 1] as const),
    999,
  ],
])('%s', (_, steps, passed) => {
  let awake = 100;
  let wall = 1_790_000_000_000;
  const now = createPauseClock(
    () => awake,
    () => wall,
  );
  const start = now();

  for (const [awakeMs, wallMs] of steps) {
    awake += awakeMs;
    wall += wallMs;
    now();
  }

  expect(Math.abs(now() - start - passed)).toBeLessThan(100);
});

test('never goes back', () => {
  let wall = 1_790_000_000_000;
  const now = createPauseClock(
    () => 7,
    () => wall,
  );

  const times = [0, 900_000, -2_000_000, 500_000].map((jump) => {
    wall += jump;
    return now();
  });

  expect(times).toEqual(times.toSorted((one, other) => one - other));
});
