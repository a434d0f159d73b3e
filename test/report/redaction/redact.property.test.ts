import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRedactor } from '../../../src/report/redaction/redact.ts';
import type { JsonValue } from '../../../src/report/text/json-value.ts';
import { toJsonValue } from '../../../src/report/text/json-value.ts';
import { textOf } from '../../../src/report/text/text-of.ts';
import { fitText } from '../../../src/report/truncation/truncate-report.ts';
import { isLeaked, planted, plantedAndCutOff } from './planted-secrets.ts';

/** More for a thorough search by hand: `FC_TIMES=50 npx vitest run test/report`. */
const runs = (usual: number): number => usual * Number(process.env['FC_TIMES'] ?? 1);

const { redactText, redactValue } = createRedactor([]);
const shown = (value: JsonValue): string => textOf(redactValue(value)) ?? '';

test('finds the secrets that the tests plant', () => {
  fc.assert(
    fc.property(planted, ({ secret, payload }) => {
      expect(isLeaked(JSON.stringify(payload), secret)).toBe(true);
    }),
  );
});

test('no planted secret survives in data', () => {
  fc.assert(
    fc.property(planted, ({ secret, payload }) => {
      expect(isLeaked(shown(payload), secret)).toBe(false);
    }),
    { numRuns: runs(1500) },
  );
});

test('no planted secret survives in text', () => {
  fc.assert(
    fc.property(planted, fc.integer({ min: 0, max: 2 }), ({ secret, payload }, indent) => {
      expect(isLeaked(redactText(JSON.stringify(payload, null, indent)), secret)).toBe(false);
    }),
    { numRuns: runs(1000) },
  );
});

test('no planted secret survives in JSON that is cut off', () => {
  fc.assert(
    fc.property(plantedAndCutOff, ({ secret, text }) => {
      expect(isLeaked(redactText(text), secret)).toBe(false);
    }),
    { numRuns: runs(2000) },
  );
});

test('cutting to size brings no secret back', () => {
  fc.assert(
    fc.property(planted, fc.integer({ min: 16, max: 300 }), ({ secret, payload }, limit) => {
      expect(isLeaked(fitText(shown(payload), limit), secret)).toBe(false);
    }),
    { numRuns: runs(300) },
  );
});

test('masking twice is masking once', () => {
  fc.assert(
    fc.property(planted, ({ payload }) => {
      const once = redactValue(payload);

      expect(redactValue(once)).toStrictEqual(once);
    }),
    { numRuns: runs(1000) },
  );
});

test('data without secrets stays exactly as it is', () => {
  const word = fc.constantFrom(
    'order',
    'Bonn',
    'the quick brown fox',
    'a, b; c.',
    '12:30',
    '42',
    '',
  );
  const name = fc.constantFrom(
    'id',
    'name',
    'tokenCount',
    'author',
    'keyboard',
    'items',
    'body',
    '🙂',
  );
  const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      word,
      fc.integer({ max: 999_999 }),
      fc.constantFrom(null, true, false),
      fc.array(tie('value')),
      fc.dictionary(name, tie('value'), { noNullPrototype: true }),
      tie('value').map((inner) => JSON.stringify({ inner }, null, 1)),
      tie('value').map((inner) => Buffer.from(JSON.stringify({ inner })).toString('base64')),
      tie('value').map((inner) => `x=1&inner=${encodeURIComponent(JSON.stringify(inner))}`),
    ),
  }));
  fc.assert(
    fc.property(value, (data) => {
      const pretty = JSON.stringify([data], null, 2);

      expect(redactValue(data)).toBe(data);
      expect(redactText(pretty)).toBe(pretty);
    }),
    { numRuns: runs(1000) },
  );
});

test('anything at all becomes masked text without an error', () => {
  fc.assert(
    fc.property(fc.anything({ stringUnit: 'binary', withMap: true, withSet: true }), (value) => {
      const data = toJsonValue(value) ?? null;
      const masked = redactValue(data);

      expect(JSON.stringify(masked)).not.toContain('masking failed');
      expect(redactValue(masked)).toStrictEqual(masked);
    }),
    { numRuns: runs(1000) },
  );
});

test('any text becomes masked text without an error', () => {
  const pieces = fc.constantFrom(
    ...[
      'password',
      'token',
      ':',
      '=',
      '"',
      "'",
      '\\',
      '{',
      '}',
      '[',
      ']',
      ',',
      '<',
      '>',
      '&',
      '?',
      '%22',
    ],
    ...[
      '--',
      ' ',
      '\n',
      'Bearer ',
      'eyJ',
      '.',
      '/',
      '://',
      '@',
      '4111 1111 1111 1111',
      'name',
      'value',
      'x',
    ],
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      const masked = redactText(parts.join(''));

      expect(masked).not.toContain('masking failed');
      expect(typeof masked).toBe('string');
    }),
    { numRuns: runs(2000) },
  );
});
