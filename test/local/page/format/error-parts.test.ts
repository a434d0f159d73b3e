import { expect, test } from 'vitest';
import { errorParts } from '../../../../src/local/page/format/error-parts.ts';
import { errorText } from '../../../../src/report/text/error-text.ts';

test('splits the error of a report into name, message, causes and stack', () => {
  const error = new TypeError('first line\nsecond line', {
    cause: new RangeError('too far', { cause: 'a string' }),
  });
  error.stack = `TypeError: first line\nsecond line\n    at f (/var/task/a.js:1:2)\n    at g (/b.js:3:4)`;

  expect(errorParts(errorText(error))).toEqual({
    name: 'TypeError',
    message: 'first line\nsecond line',
    causes: [
      { label: 'Caused by', text: 'RangeError: too far' },
      { label: 'Caused by', text: 'a string' },
    ],
    stack: '    at f (/var/task/a.js:1:2)\n    at g (/b.js:3:4)',
  });
});

test('splits an AggregateError into its errors', () => {
  const error = new AggregateError([new Error('one'), new Error('two')], 'all failed');
  delete error.stack;

  expect(errorParts(errorText(error)).causes).toEqual([
    { label: 'Error 1 of 2', text: 'Error: one' },
    { label: 'Error 2 of 2', text: 'Error: two' },
  ]);
});

test.each([
  { text: '', name: null, message: '' },
  { text: 'just words', name: null, message: 'just words' },
  { text: 'two words: and more', name: null, message: 'two words: and more' },
  { text: 'Timeout', name: null, message: 'Timeout' },
])('treats $text as a message', ({ text, name, message }) => {
  expect(errorParts(text)).toEqual({ name, message, causes: [], stack: '' });
});
