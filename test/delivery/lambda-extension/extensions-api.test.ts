import { afterEach, expect, test, vi } from 'vitest';
import {
  parseAddress,
  readInvokeEvent,
} from '../../../src/delivery/lambda-extension/extensions-api.ts';

afterEach(() => void vi.useRealTimers());

test.each([
  ['127.0.0.1:9001', { host: '127.0.0.1', port: 9001 }],
  ['localhost:80', { host: 'localhost', port: 80 }],
  ['[::1]:9001', { host: '::1', port: 9001 }],
  ['sandbox.internal:3000', { host: 'sandbox.internal', port: 3000 }],
  ['127.0.0.1', undefined],
  ['127.0.0.1:', undefined],
  [':9001', undefined],
  ['127.0.0.1:http', undefined],
  ['', undefined],
])('the address %j is read as %j', (text, address) => {
  expect(parseAddress(text)).toEqual(address);
});

test.each([
  [
    { eventType: 'INVOKE', requestId: 'r', deadlineMs: 5, more: 1 },
    { requestId: 'r', deadlineMs: 5 },
  ],
  [
    { eventType: 'INVOKE', requestId: 'r' },
    { requestId: 'r', deadlineMs: 1_000 },
  ],
  [{ eventType: 'INVOKE' }, undefined],
  [{ eventType: 'SHUTDOWN', requestId: 'r', deadlineMs: 5 }, undefined],
  [null, undefined],
  [[], undefined],
  ['INVOKE', undefined],
])('of %j is read %j', (body, event) => {
  vi.useFakeTimers({ now: 1_000 });

  expect(readInvokeEvent(JSON.stringify(body))).toEqual(event);
});

test('what is no JSON is no event', () => {
  expect(readInvokeEvent('<html>')).toBeUndefined();
});
