import { expect, onTestFinished, test, vi } from 'vitest';
import type { DeliveryResult } from '../../../src/delivery/policy/delivery-result.ts';
import { createSendPolicy } from '../../../src/delivery/policy/send-policy.ts';
import { ApiError, ApiKeyError, ConnectionError } from '../../../src/errors.ts';

const delivered: DeliveryResult = { kind: 'delivered', attempts: 1 };
const down = new ConnectionError('no answer', { code: 'ECONNREFUSED' });

test.each<[string, Error, number, boolean]>([
  ['no connection', down, 1, false],
  ['a fault of the platform', refused(503), 3, false],
  ['a refused report', refused(422), 1, true],
  ['a refused key', refused(401), 1, true],
  ['a request that was given up', new ConnectionError('given up', { code: 'ABORTED' }), 1, true],
  ['no key, so no request', new ApiKeyError('no secret'), 0, true],
  ['no time, so no request', new ConnectionError('no time', { code: 'ETIMEDOUT' }), 0, true],
])('three times %s', (_, error, attempts, isOpen) => {
  const sendPolicy = createSendPolicy();

  for (let count = 0; count < 3; count += 1) {
    expect(sendPolicy.mayTry()).toBe(true);
    sendPolicy.ended({ kind: 'undelivered', attempts, error });
  }

  expect(sendPolicy.mayTry()).toBe(isOpen);
});

test.each<[string, DeliveryResult]>([
  ['delivery', delivered],
  ['refusal', { kind: 'undelivered', attempts: 1, error: refused(422) }],
])('a %s in between counts', (_, result) => {
  const sendPolicy = createSendPolicy();
  const failed: DeliveryResult = { kind: 'undelivered', attempts: 1, error: down };

  for (const each of [failed, failed, result, failed, failed]) sendPolicy.ended(each);

  expect(sendPolicy.mayTry()).toBe(true);
});

test('a rate limit closes it at once, and is remembered', () => {
  const sendPolicy = createSendPolicy();
  expect(sendPolicy.isLimited()).toBe(false);

  sendPolicy.ended({ kind: 'undelivered', attempts: 1, error: refused(429, 30) });

  expect(sendPolicy.mayTry()).toBe(false);
  expect(sendPolicy.isLimited()).toBe(true);
});

test.each<[string, DeliveryResult | undefined, boolean]>([
  ['withdraws', undefined, true],
  ['had no time', { kind: 'undelivered', attempts: 0, error: down }, true],
  ['finds it down', { kind: 'undelivered', attempts: 1, error: down }, false],
])('after a pause one may try; when that one %s', (_, result, mayNextTry) => {
  freezeClock();
  const sendPolicy = createSendPolicy();
  for (let count = 0; count < 3; count += 1) {
    sendPolicy.ended({ kind: 'undelivered', attempts: 1, error: down });
  }

  vi.advanceTimersByTime(1_000);

  expect([sendPolicy.mayTry(), sendPolicy.mayTry()]).toEqual([true, false]);
  if (result) sendPolicy.ended(result);
  else sendPolicy.withdraw();
  expect(sendPolicy.mayTry()).toBe(mayNextTry);
});

test('a rate limit is forgotten after ten minutes', () => {
  freezeClock();
  const sendPolicy = createSendPolicy();
  sendPolicy.ended({ kind: 'undelivered', attempts: 1, error: refused(429, 30) });

  vi.advanceTimersByTime(599_999);
  expect(sendPolicy.isLimited()).toBe(true);
  vi.advanceTimersByTime(1);

  expect(sendPolicy.isLimited()).toBe(false);
});

function freezeClock(): void {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
}

function refused(statusCode: number, retryAfterSeconds?: number): ApiError {
  return new ApiError('refused', { statusCode, description: '', retryAfterSeconds });
}
