import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAnswer, requestText } from '../../../src/delivery/lambda-extension/http-response.ts';

const body = '{"eventType":"INVOKE"}';

test.each([
  ['with its length', `HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 22\r\n\r\n${body}`],
  [
    'in chunks',
    `HTTP/1.1 200 OK\r\na:b\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"eve\r\n11;x=y\r\nntType":"INVOKE"}\r\n0\r\n\r\n`,
  ],
])('%s: it is read when all of it is there, however it comes', (_, text) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: text.length - 5 }), (cut) => {
      expect(readAnswer(text.slice(0, cut), false)).toBeUndefined();
    }),
  );
  const answer = readAnswer(text, false);

  expect(answer).toMatchObject({ statusCode: 200, body });
  expect([answer?.header('a'), answer?.header('b')]).toEqual(['b', undefined]);
});

test('without a length it is all that comes until the connection ends', () => {
  const text = `HTTP/1.1 403 Forbidden\r\n\r\n${body}`;

  expect(readAnswer(text, false)).toBeUndefined();
  expect(readAnswer(text, true)).toMatchObject({ statusCode: 403, body });
});

test.each(['', 'HTTP/1.1 200 OK', 'no answer at all'])('"%s" is none', (text) => {
  expect(readAnswer(text, true)).toBeUndefined();
});

test('what is no HTTP has no status', () => {
  expect(readAnswer('SSH-2.0\r\nhello: you\r\n\r\n', true)).toMatchObject({ statusCode: 0 });
});

test('a request says how long its body is', () => {
  expect(requestText('POST', '/a', { host: 'h' }, 'é')).toBe(
    'POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 2\r\n\r\né',
  );
  expect(requestText('GET', '/a', { host: 'h' })).toBe('GET /a HTTP/1.1\r\nhost: h\r\n\r\n');
});
