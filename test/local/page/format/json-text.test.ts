import { expect, test } from 'vitest';
import { ExactNumber, prettyJson, readJson } from '../../../../src/local/page/format/json-text.ts';

test('keeps the digits of numbers that JavaScript would round', () => {
  const read = readJson('{"order":12345678901234567890,"price":214.50,"plain":1}');

  expect(read).toEqual({
    kind: 'json',
    value: {
      order: new ExactNumber('12345678901234567890'),
      price: new ExactNumber('214.50'),
      plain: 1,
    },
  });
});

test.each(['', 'text', '"text"', '12', '{broken', 'null', '[1,]'])('treats %j as text', (text) => {
  expect(readJson(text)).toEqual({ kind: 'text' });
});

test('returns null for JSON that is nested too deeply to serialize', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level++) deep = [deep];

  expect(prettyJson(deep)).toBeNull();
  expect(prettyJson({ a: 1 })).toBe('{\n  "a": 1\n}');
});
