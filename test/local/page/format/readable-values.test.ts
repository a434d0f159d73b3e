import { expect, test } from 'vitest';
import {
  axisDuration,
  readableAge,
  readableDuration,
  readablePercent,
  shortCount,
} from '../../../../src/local/page/format/readable-values.ts';

test('formats durations', () => {
  const seconds = [0, 0.0004, 0.34, 0.9996, 1, 59.99, 59.996, 60, 3599.6, 3600, 90_061, Number.NaN];

  expect(seconds.map(readableDuration)).toEqual([
    '0 ms',
    '0 ms',
    '340 ms',
    '1.00 s',
    '1.00 s',
    '59.99 s',
    '1m 0s',
    '1m 0s',
    '1h 0m',
    '1h 0m',
    '1d 1h',
    '–',
  ]);
  expect([0, 0.5, 2.5, 120].map(axisDuration)).toEqual(['0', '500 ms', '2.5 s', '2m 0s']);
});

test('formats ages', () => {
  const now = Date.UTC(2026, 5, 15, 12);
  const ago = (ms: number): string => readableAge(new Date(now - ms).toISOString(), now);
  const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];

  expect([-5000, 0, 59 * second, minute, 59 * minute, hour, day, 6 * day].map(ago)).toEqual([
    'now',
    'now',
    '59s',
    '1m',
    '59m',
    '1h',
    '1d',
    '6d',
  ]);
  expect([ago(30 * day), ago(400 * day), readableAge('never', now)]).toEqual([
    '16 May',
    '11 May 2025',
    '–',
  ]);
});

test('formats only a share of 1 as 100 percent', () => {
  expect([0, 0.5, 0.9999, 1].map(readablePercent)).toEqual(['0.0%', '50.0%', '99.9%', '100%']);
});

test('formats short counts exactly and long ones compactly', () => {
  expect([0, 12_345, 99_999, 1_234_567].map(shortCount)).toEqual(['0', '12,345', '99,999', '1.2M']);
});
