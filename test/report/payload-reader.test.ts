import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPayloadReader, type PayloadReader } from '../../src/report/payload-reader.ts';
import { createRedactor } from '../../src/report/redaction/redact.ts';
import { beginningOf } from '../../src/report/truncation/truncate-value.ts';

/** A reader that has time for that many characters of each payload. */
function readerOf(affordable: number): PayloadReader {
  const { redactText, redactValue } = createRedactor([]);
  const rules = { value: redactValue, text: redactText, error: String, name: redactText };
  const pace = { charactersIn: () => affordable, took: () => undefined };
  return createPayloadReader(rules, { maxBytes: 262_144, timeMs: 1_000, pace });
}

const word = 'lorem ipsum ';

test('what there is time for is read whole', () => {
  const text = word.repeat(10_000);

  expect(readerOf(1_000_000).text(text)).toBe(text);
});

test('of what takes longer the beginning is read, and the rest is counted', () => {
  const text = word.repeat(10_000);

  const read = readerOf(12_010).text(text) ?? '';

  expect(read).toMatch(/^(lorem ipsum )+lorem…\[cut 107995 of 120000 characters, left out: /);
});

test('JSON that takes longer is masked as well, and is not parsed', () => {
  const json = JSON.stringify({ password: 'hunter2-hunter2', text: word.repeat(10_000) });

  const read = readerOf(10_000).json(json, () => expect.unreachable()) ?? '';

  expect(read).toMatch(/^\{"password":"\[redacted\]","text":"lorem ipsum lorem/);
  expect(read.length).toBeLessThan(10_100);
});

test('a small payload is read however little time there is', () => {
  expect(readerOf(0).text('why?')).toBe('why?');
});

test('of a text without a place to cut it only the length is said', () => {
  const read = readerOf(0).text('x'.repeat(100_000));

  expect(read).toBe('[100000 characters, left out: there was no time to read them]');
});

test('the edge of a beginning never shows what a secret has lost its end to', () => {
  const secrets = fc.constantFrom(
    'https://user:hunter2-hunter2@db.example.com/x',
    'postgres://admin:hunter2-hunter2@db.example.com:5432/x',
    'amqp://u:hunter2-hunter2@mq/',
  );
  fc.assert(
    fc.property(secrets, fc.integer({ min: 0, max: 80 }), (secret, offset) => {
      const text = `${word.repeat(1_000)}${secret} ${word.repeat(1_000)}`;
      const read = readerOf(12_000 + offset).text(text);

      expect(read).not.toContain('hunter2');
    }),
    { numRuns: 300 },
  );
});

test('a beginning ends at a white space, near the most that it may have', () => {
  expect(beginningOf('one two three', 9)).toBe('one two');
  expect(beginningOf('one two', 7)).toBe('one two');
  expect(beginningOf('onetwo three', 4)).toBe('');
  expect(beginningOf(`one ${'x'.repeat(9_000)}`, 8_000)).toBe('');
});
