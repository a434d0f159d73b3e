import fc from 'fast-check';
import { expect, test } from 'vitest';
import { padToWidth, textWidth, truncateToWidth } from '../../../src/cli/shared/text-width.ts';

test.each([
  ['plain', 5],
  ['é', 1],
  ['e\u0301', 1],
  ['日本語', 6],
  ['한국어', 6],
  ['ｶﾅ', 2],
  ['Ａ', 2],
  ['नि', 2],
  ['👍🏽', 2],
  ['👨‍👩‍👧', 2],
  ['🇩🇪', 2],
  ['☺', 1],
  ['☺️', 2],
  ['1️⃣', 2],
  ['✓ … –', 5],
  ['\u200d', 0],
])('measures %s as %d columns', (text, columns) => {
  expect(textWidth(text)).toBe(columns);
});

test.each([
  ['summary', 7, 'summary'],
  ['summary', 6, 'summa…'],
  ['日本語', 6, '日本語'],
  ['日本語', 5, '日本…'],
  ['日本語', 4, '日…'],
  ['ab👨‍👩‍👧cd', 4, 'ab…'],
  ['ab', 1, '…'],
  ['ab', 0, ''],
])('truncates %s to %d columns as %s', (text, columns, truncated) => {
  expect(truncateToWidth(text, columns)).toBe(truncated);
});

test('pads text at the start or the end', () => {
  expect([padToWidth('日', 4, 'start'), padToWidth('4 s', 5, 'end')]).toEqual(['日  ', '  4 s']);
});

test('never exceeds the given width', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '日', 'é', '👨‍👩‍👧', '\u0301', 'नि', '🇩🇪') });
  fc.assert(
    fc.property(text, fc.nat(40), (line, columns) => {
      expect(textWidth(truncateToWidth(line, columns))).toBeLessThanOrEqual(columns);
      expect(textWidth(padToWidth(line, columns, 'start'))).toBe(columns);
    }),
  );
});
