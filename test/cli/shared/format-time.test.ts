import { expect, test } from 'vitest';
import { formatAge, formatDuration, parseTime } from '../../../src/cli/shared/format-time.ts';

const now = Date.UTC(2026, 10, 23, 12);

test.each([
  [0, '0s'],
  [-5, '0s'],
  [59.9, '59s'],
  [60, '1m'],
  [3_599, '59m'],
  [3_600, '1h'],
  [86_399, '23h'],
  [86_400, '1d'],
  [30 * 86_400, '30d'],
  [40 * 86_400, '2026-10-14'],
])('formats an age of %d seconds as %s', (seconds, text) => {
  expect(formatAge(now - seconds * 1_000, now)).toBe(text);
});

test.each([
  [0, '0 s'],
  [0.0004, '0 ms'],
  [0.24, '240 ms'],
  [0.9996, '1.0 s'],
  [4.7, '4.7 s'],
  [59.96, '1m 00s'],
  [125.4, '2m 05s'],
  [3_599.6, '1h 00m'],
  [7_380, '2h 03m'],
])('formats a duration of %d seconds as %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  ['2026-11-23T12:00:00Z', now],
  ['2026-11-23T13:00:00+01:00', now],
  ['2026-11-23T12:00:00.000123', now],
  ['', undefined],
  ['yesterday', undefined],
  [null, undefined],
])('parses the time %s', (text, time) => {
  expect(parseTime(text)).toBe(time);
});
