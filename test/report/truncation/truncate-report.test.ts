import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/report/text/json-value.ts';
import {
  fitReport,
  fitText,
  type ReportContent,
} from '../../../src/report/truncation/truncate-report.ts';

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const totalBytes = ({ input, result, llmResponse }: ReportContent): number =>
  bytesOf(input) + bytesOf(result) + bytesOf(llmResponse);

/** JSON data with texts of all kinds, some of them JSON again. */
const data: fc.Arbitrary<JsonValue> = fc.letrec<{ data: JsonValue; json: string }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', '\u0001', 'é', '…', '\u{1F600}') }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.constantFrom(null, true, false),
    fc.array(tie('data')),
    fc.dictionary(fc.string({ unit: 'binary' }), tie('data'), { noNullPrototype: true }),
    tie('json'),
  ),
  json: tie('data').map((value) => JSON.stringify(value)),
})).data;
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  data.map((value) => JSON.stringify(value)),
  data.map((value) => JSON.stringify(value, null, 2)),
);
const content = fc.record(
  {
    input: fc.option(text),
    result: fc.option(text),
    llmResponse: data,
  },
  { noNullPrototype: true },
);

function isContainer(json: string): boolean {
  return /^\s*[[{]/.test(json) && JSON.parse(json) !== undefined;
}

test('together the fields never take more than the limit', () => {
  fc.assert(
    fc.property(content, fc.integer({ min: 16, max: 600 }), (fields, limit) => {
      expect(totalBytes(fitReport(fields, limit))).toBeLessThanOrEqual(limit);
    }),
    { numRuns: 1000 },
  );
});

test('what fits stays as it is', () => {
  fc.assert(
    fc.property(content, (fields) => {
      expect(fitReport(fields, totalBytes(fields))).toStrictEqual(fields);
    }),
  );
});

test('the same content is always cut in the same way, and cutting again changes nothing', () => {
  fc.assert(
    fc.property(content, fc.integer({ min: 16, max: 400 }), (fields, limit) => {
      const once = fitReport(fields, limit);

      expect(fitReport(structuredClone(fields), limit)).toStrictEqual(once);
      expect(fitReport(once, limit)).toStrictEqual(once);
    }),
  );
});

test('JSON stays JSON of the same kind, whatever the limit', () => {
  const container = fc
    .oneof(fc.array(data), fc.dictionary(fc.string(), data, { noNullPrototype: true }))
    .map((value) => JSON.stringify(value));
  fc.assert(
    fc.property(container, fc.integer({ min: 4, max: 300 }), (json, limit) => {
      const fitted = fitText(json, limit);

      expect(bytesOf(fitted)).toBeLessThanOrEqual(limit);
      expect(isContainer(fitted)).toBe(true);
      expect(fitted[0]).toBe(json[0]);
    }),
    { numRuns: 500 },
  );
});

test('a cut text is well-formed where the text was', () => {
  const unicode = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(unicode, fc.integer({ min: 4, max: 100 }), (whole, limit) => {
      const fitted = fitText(whole, limit);

      expect(Buffer.from(fitted).toString()).toBe(fitted);
    }),
  );
});

describe('what is cut', () => {
  test('says how much of a text is missing', () => {
    expect(fitText('0123456789'.repeat(100), 100)).toMatchInlineSnapshot(
      `"012345678901234567890123456789012345678901234567890123456789012345…[cut 934 of 1000 characters]"`,
    );
    expect(fitText('0123456789'.repeat(100), 20)).toBe('012345678901234…');
    expect(fitText('0123456789', 4)).toBe('');
  });

  test('says how many items and keys are missing', () => {
    const list = Array.from({ length: 500 }, (_, index) => ({ index, name: `item ${index}` }));
    const table = Object.fromEntries(list.map(({ index, name }) => [`key${index}`, name]));

    expect(fitText(JSON.stringify(list), 140)).toMatchInlineSnapshot(
      `"[{"index":0,"name":"item 0"},{"index":1,"name":"item 1"},{"index":2,"name":"item 2"},"… 497 more items"]"`,
    );
    expect(fitText(JSON.stringify(table), 140)).toMatchInlineSnapshot(
      `"{"key0":"item 0","key1":"item 1","key2":"item 2","key3":"item 3","key4":"item 4","…":"495 more keys"}"`,
    );
  });

  test('is the long, not the short: small fields and the order of keys stay', () => {
    const event = {
      version: '2.0',
      body: 'b'.repeat(5000),
      headers: { host: 'example.com', 'x-long': 'h'.repeat(5000) },
      isBase64Encoded: false,
      rawPath: '/orders',
    };

    const fitted = fitText(JSON.stringify(event), 400);

    expect(JSON.parse(fitted)).toMatchInlineSnapshot(`
      {
        "body": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…[cut 4895 of 5000 characters]",
        "headers": {
          "host": "example.com",
          "x-long": "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh…[cut 4961 of 5000 characters]",
        },
        "isBase64Encoded": false,
        "rawPath": "/orders",
        "version": "2.0",
      }
    `);
    expect(Object.keys(JSON.parse(fitted))).toStrictEqual(Object.keys(event));
  });

  test('is cut as JSON where it is JSON in a text of JSON', () => {
    const message = {
      question: 'why?',
      history: Array.from({ length: 90 }, (_, i) => `turn ${i}`),
    };
    const event = { Records: [{ messageId: 'm-1', body: JSON.stringify(message) }] };

    const fitted = fitText(JSON.stringify(event), 260);

    expect(bytesOf(fitted)).toBeLessThanOrEqual(260);
    expect(JSON.parse(JSON.parse(fitted).Records[0].body)).toMatchInlineSnapshot(`
      {
        "history": [
          "turn 0",
          "… 89 more items",
        ],
        "question": "why?",
      }
    `);
  });

  test('is said only where something is missing', () => {
    expect(fitText(JSON.stringify(['x'.repeat(99)]), 60)).toBe(`["${'x'.repeat(27)}…"]`);
    expect(fitText(JSON.stringify({ a: 'x'.repeat(99) }), 60)).toBe(`{"a":"${'x'.repeat(18)}…"}`);
  });

  test('is nothing of a field that is small beside a large one', () => {
    const fields = { input: 'small', result: 'r'.repeat(10_000), llmResponse: { id: 1 } };

    const fitted = fitReport(fields, 1000);

    expect(fitted).toMatchObject({ input: 'small', llmResponse: { id: 1 } });
    expect(totalBytes(fitted)).toBeGreaterThan(980);
  });

  test('is shared between fields that are large', () => {
    const fields = {
      input: 'i'.repeat(4000),
      result: 'r'.repeat(8000),
      llmResponse: 'l'.repeat(3000),
    };

    const fitted = fitReport(fields, 3000);

    expect([fitted.input, fitted.result, fitted.llmResponse].map(bytesOf)).toStrictEqual([
      1000, 1000, 1000,
    ]);
  });
});

test('a minimal limit leaves valid content', () => {
  const fields = {
    input: 'i'.repeat(99),
    result: JSON.stringify({ a: 1, b: 2, c: 3, d: 4 }),
    llmResponse: [[['x']]],
  };

  expect(fitReport(fields, 16)).toStrictEqual({ input: '…', result: '{}', llmResponse: [] });
});

test('deep data is cut at a depth that nothing stumbles over', () => {
  const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;

  const fitted = fitText(deep, 262_144);

  expect(fitted).toContain('Deeper than 64 levels');
  expect(isContainer(fitted)).toBe(true);
});

test('a field called __proto__ and one called like the mark stay fields', () => {
  const json = `{"__proto__":"${'p'.repeat(50)}","…":"${'d'.repeat(50)}","x":"${'x'.repeat(500)}"}`;

  expect(fitText(json, 200)).toMatchInlineSnapshot(
    `"{"__proto__":"pppppppppppppppppppppppppppppppppp…","…":"dddddddddddddddddddddddddddddddddddddddd…","x":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"}"`,
  );
});
