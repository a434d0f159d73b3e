import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutToWidth, fitToWidth, widthOf } from '../../../src/cli/shared/text-width.ts';

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
])('%s takes %d columns', (text, columns) => {
  expect(widthOf(text)).toBe(columns);
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
])('%s cut to %d columns is %s', (text, columns, cut) => {
  expect(cutToWidth(text, columns)).toBe(cut);
});

test('fills to the width, at either side', () => {
  expect([fitToWidth('日', 4, 'start'), fitToWidth('4 s', 5, 'end')]).toEqual(['日  ', '  4 s']);
});

test('what is cut never takes more columns than there are', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '日', 'é', '👨‍👩‍👧', '\u0301', 'नि', '🇩🇪') });
  fc.assert(
    fc.property(text, fc.nat(40), (line, columns) => {
      expect(widthOf(cutToWidth(line, columns))).toBeLessThanOrEqual(columns);
      expect(widthOf(fitToWidth(line, columns, 'start'))).toBe(columns);
    }),
  );
});
