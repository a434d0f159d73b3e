import { expect, test } from 'vitest';
import { createRedactor } from '../../../src/report/redaction/redact.ts';
import {
  roughLength,
  shorten,
  shortenText,
} from '../../../src/report/truncation/truncate-value.ts';

test('what is not large is the very same value', () => {
  const value = { headers: { a: 'b' }, list: [1, true, null, 'text'] };

  expect(shorten(value, 100)).toBe(value);
});

test('a long text does not crowd out what comes after it', () => {
  const event = { body: 'word '.repeat(1_000), headers: { accept: 'text/plain' } };

  const shortened = shorten(event, 1_000);

  expect(shortened).toMatchObject({
    body: expect.stringMatching(/^word word .*…\[cut \d+ of 5000 characters\]$/),
    headers: { accept: 'text/plain' },
  });
});

test('long lists and objects lose their tail, and say how much', () => {
  const items = shorten(Array(1_000).fill('item'), 100);
  const fields = shorten(
    Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`field${n}`, 'value'])),
    100,
  );

  expect(items).toEqual([...Array(25).fill('item'), '… 975 more items']);
  expect(fields).toMatchObject({
    field0: 'value',
    '…': expect.stringMatching(/^49\d more fields$/),
  });
});

test('a JSON text stays JSON', () => {
  const body = JSON.stringify(Array.from({ length: 2_000 }, (_, id) => ({ id, name: `n${id}` })));

  const shortened = shortenText(body, 2_000);

  expect(shortened.length).toBeLessThan(1_100);
  expect(JSON.parse(shortened)[0]).toEqual({ id: 0, name: 'n0' });
});

test('of base64, which could not be read when cut, the size is said', () => {
  const base64 = Buffer.from('{"password":"hunter2"}'.repeat(500)).toString('base64');

  expect(shortenText(base64, 4_000)).toBe(`[${base64.length} characters of base64]`);
});

test('a secret that is cut in two is masked in what remains', () => {
  const { redactText } = createRedactor([]);
  const secret = 'hunter2hunter2hunter2';
  const bodies = [
    JSON.stringify({ filler: 'x y '.repeat(100), password: secret.repeat(100) }),
    `${'x y '.repeat(100)}password=${secret.repeat(100)}`,
    `filler=${'x+'.repeat(200)}&password=${secret.repeat(100)}&more=1`,
  ];

  const shown = bodies.map((body) => redactText(shortenText(body, 1_200)));

  expect(shown.join()).not.toContain('hunter2');
});

test('the length of a value is roughly that of its JSON', () => {
  const value = { a: ['text', 12, null], b: { c: 'longer text' } };

  expect(roughLength(value)).toBeGreaterThan(20);
  expect(roughLength(value)).toBeLessThan(2 * JSON.stringify(value).length);
});
