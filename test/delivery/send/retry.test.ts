import { expect, test } from 'vitest';
import { retryDelayMs } from '../../../src/delivery/send/retry.ts';
import { deliveryTimeMs, tryTimeMs } from '../../../src/delivery/send/time-budget.ts';
import { ApiError, ApiKeyError, ConnectionError } from '../../../src/errors.ts';

const answered = (statusCode: number, retryAfterSeconds?: number): ApiError =>
  new ApiError('refused', { statusCode, description: '', retryAfterSeconds });
const broken = (code: string): ConnectionError => new ConnectionError('no answer', { code });
const half = (): number => 0.5;

test.each<[string, unknown, number, number | undefined]>([
  ['a fault of the platform', answered(500), 1, 100],
  ['a fault of the platform, again', answered(503), 2, 200],
  ['three tries', answered(503), 3, undefined],
  ['too many requests', answered(429), 1, 100],
  ['too many requests, with the time to wait', answered(429, 1.5), 1, 1_500],
  ['a time to wait that there is not', answered(429, 60), 1, undefined],
  ['unavailable, come back at once', answered(503, 0), 1, 0],
  ['a timeout of the platform', answered(408), 1, 100],
  ['a bad request', answered(400), 1, undefined],
  ['a refused key', answered(403), 1, undefined],
  ['an unknown agent', answered(404), 1, undefined],
  ['a refused field', answered(422), 1, undefined],
  ['a redirect', answered(302), 1, undefined],
  ['a connection that broke', broken('ECONNRESET'), 1, 0],
  ['a connection that broke again', broken('ECONNRESET'), 2, 200],
  ['nothing that listens', broken('ECONNREFUSED'), 1, 100],
  ['a name that does not resolve', broken('ENOTFOUND'), 1, 100],
  ['no answer in time', broken('ETIMEDOUT'), 1, 0],
  ['a certificate that is not trusted', broken('DEPTH_ZERO_SELF_SIGNED_CERT'), 1, undefined],
  ['an abort', broken('ABORTED'), 1, undefined],
  ['no key', new ApiKeyError('no such secret'), 1, undefined],
  ['a fault of ours', new TypeError('undefined is not a function'), 1, undefined],
])('after %s', (_, error, attempt, delayMs) => {
  expect(retryDelayMs({ error, attempt, leftMs: 3_000 }, half)).toBe(delayMs);
});

test('no try is planned for a time that will not come', () => {
  const failed = { error: answered(500), attempt: 1 };

  expect(retryDelayMs({ ...failed, leftMs: 101 }, half)).toBe(100);
  expect(retryDelayMs({ ...failed, leftMs: 100 }, half)).toBeUndefined();
});

test.each<[number, number | undefined, number]>([
  [3_000, undefined, 3_000],
  [3_000, 60_000, 3_000],
  [3_000, 1_000.7, 800],
  [3_000, 300, 200],
  [3_000, 100, 0],
  [3_000, -20, 0],
])('of a budget of %d ms with %s ms left a delivery gets %d ms', (budget, remaining, time) => {
  expect(deliveryTimeMs(budget, remaining)).toBe(time);
});

test('the first try leaves time for a second', () => {
  expect(tryTimeMs(1, 3_000)).toBe(2_000);
  expect(tryTimeMs(2, 1_000)).toBe(1_000);
  expect(tryTimeMs(3, -5)).toBe(1);
});
