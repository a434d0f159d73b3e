import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonBytes, textBytes } from '../../../src/report/truncation/json-bytes.ts';

/** The text as it stands in a request body when it is in `wraps` JSON strings. */
function escaped(text: string, wraps: number): string {
  return wraps === 0 ? text : escaped(JSON.stringify(text).slice(1, -1), wraps - 1);
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '\n', '\b', '\u000b', '\u007f', '\u2028', '\ud800'),
  }),
);
const wraps = fc.integer({ min: 0, max: 3 });

test('counts the bytes of text in JSON strings in JSON strings', () => {
  fc.assert(
    fc.property(text, wraps, (value, depth) => {
      expect(textBytes(value, depth)).toBe(Buffer.byteLength(escaped(value, depth + 1)));
    }),
    { numRuns: 1000 },
  );
});

test('counts the bytes of data', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), wraps, (value, depth) => {
      const data = JSON.parse(JSON.stringify(value));

      expect(jsonBytes(data, depth, Number.MAX_SAFE_INTEGER)).toBe(
        Buffer.byteLength(escaped(JSON.stringify(data), depth)),
      );
    }),
    { numRuns: 1000 },
  );
});

test('stops counting behind the limit', () => {
  const long = 'x'.repeat(1000);

  expect(jsonBytes(long, 0, 10)).toBeGreaterThan(10);
  expect(jsonBytes([long, long], 0, 10)).toBeLessThan(1100);
});
