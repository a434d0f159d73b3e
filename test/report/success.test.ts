import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSuccessful } from '../../src/report/success.ts';

test.each([
  { response: { statusCode: 500 } },
  { response: { statusCode: 503, body: '{}' } },
  { response: { statusCode: 599 } },
  { response: { statusCode: '502' } },
  { response: { batchItemFailures: [{ itemIdentifier: 'a' }] } },
])('$response is a failure', ({ response }) => {
  expect(isSuccessful(response)).toBe(false);
});

test.each([
  { response: undefined },
  { response: null },
  { response: 'statusCode 500' },
  { response: [500] },
  { response: {} },
  { response: { statusCode: 200 } },
  { response: { statusCode: 499 } },
  { response: { statusCode: 600 } },
  { response: { statusCode: 5000 } },
  { response: { statusCode: 500.5 } },
  { response: { statusCode: 'five hundred' } },
  { response: { statusCode: '5e2' } },
  { response: { status: 500 } },
  { response: { batchItemFailures: [] } },
  { response: { batchItemFailures: 'none' } },
  { response: { result: { statusCode: 500 } } },
])('$response is a success', ({ response }) => {
  expect(isSuccessful(response)).toBe(true);
});

test('a response that cannot be read is a success: the handler has returned it', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const hostile = {
    get statusCode(): never {
      throw new Error('no');
    },
  };

  expect([isSuccessful(proxy), isSuccessful(hostile)]).toStrictEqual([true, true]);
});

test('answers for any value', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(typeof isSuccessful(value)).toBe('boolean');
    }),
  );
});
