import { expect, test } from 'vitest';
import { textOf } from '../../../src/report/text/text-of.ts';

test.each([
  { value: 'plain "text"', text: 'plain "text"' },
  { value: '', text: '' },
  { value: undefined, text: null },
  { value: null, text: 'null' },
  { value: 0, text: '0' },
  { value: false, text: 'false' },
  { value: { a: [1, 'x'] }, text: '{"a":[1,"x"]}' },
])('$value becomes $text', ({ value, text }) => {
  expect(textOf(value)).toBe(text);
});
