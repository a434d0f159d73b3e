import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shapeOf } from '../../src/report/shape.ts';

test('tells names, types and lengths, and no values', () => {
  const shape = shapeOf({
    orderId: 'A-77120',
    items: [
      { sku: 'x', price: 9.5 },
      { sku: 'y', price: 1 },
      { sku: 'z', price: 2 },
    ],
    tags: ['one'],
    none: [],
    paid: true,
    note: null,
    headers: { 'content-type': 'text/plain', 'X-Amzn-Trace-Id': 'Root=1', $schema: 'x' },
  });

  expect(shape).toMatchInlineSnapshot(`
    {
      "headers": {
        "$schema": "string(1)",
        "X-Amzn-Trace-Id": "string(6)",
        "content-type": "string(10)",
      },
      "items": [
        {
          "price": "number",
          "sku": "string(1)",
        },
        "… 2 more items",
      ],
      "none": "array(0)",
      "note": "null",
      "orderId": "string(7)",
      "paid": "boolean",
      "tags": [
        "string(3)",
      ],
    }
  `);
});

test('counts keys that are data', () => {
  const shape = shapeOf({
    total: 3,
    'ada@example.com': 1,
    '2024-05-17': 2,
    '550e8400-e29b-41d4-a716-446655440000': 3,
    'a whole sentence': 4,
  });

  expect(shape).toStrictEqual({ total: 'number', '…': '4 keys that are data' });
});

test('sums up tables and deep data', () => {
  const table = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, index]));
  let deep: string | object = 'bottom';
  for (let level = 0; level < 40; level++) deep = { deep };

  const shape = shapeOf({ table, deep: JSON.parse(JSON.stringify(deep)) });

  expect(JSON.stringify(shape)).toContain('"table":"object(51)"');
  expect(JSON.stringify(shape)).toMatch(/("deep":\{?){12}"object\(1\)"/);
});

test('never contains a text of the data', () => {
  const secret = fc.stringMatching(/^[A-Z]{12}$/);
  fc.assert(
    fc.property(secret, fc.jsonValue(), (text, value) => {
      const data = JSON.parse(JSON.stringify([value, { value: text, list: [text, [text]] }, text]));

      expect(JSON.stringify(shapeOf(data))).not.toContain(text);
    }),
  );
});
