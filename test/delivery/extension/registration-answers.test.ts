/** What Lambda, or whatever is in its place, may answer to a registration. */
import { readdirSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { type RegisteredNow, registerNow } from '../../../src/delivery/extension/register-now.ts';
import { closedPort } from '../../support/closed-port.ts';
import { answer, registered, type ScriptedApi, scriptedApi } from './scripted-api.ts';

const asRegistered = { kind: 'registered', identifier: 'id-1' };
const body = '{"functionName":"agent","handler":"index.handler"}';

test('says what Lambda asks for', async () => {
  const api = await scriptedApi(registered);

  register(api);

  expect(await api.received()).toEqual([
    [
      'POST /2020-01-01/extension/register HTTP/1.1',
      `host: 127.0.0.1:${api.port}`,
      'lambda-extension-name: xpander-lambda',
      'content-type: application/json',
      'content-length: 21',
      '',
      '{"events":["INVOKE"]}',
    ].join('\r\n'),
  ]);
});

test.each<[string, readonly (string | number)[]]>([
  ['in one piece', [registered]],
  ['with the header cut in the middle', [registered.slice(0, 60), 20, registered.slice(60)]],
  ['byte by byte', [...registered].flatMap((byte, at) => (at % 40 === 0 ? [1, byte] : [byte]))],
  ['with the body later', [registered.slice(0, -body.length), 20, body]],
  [
    'in chunks',
    [
      'HTTP/1.1 200 OK\r\nLAMBDA-EXTENSION-IDENTIFIER:id-1\r\nTransfer-Encoding: chunked\r\n\r\n',
      `5\r\n${body.slice(0, 5)}\r`,
      10,
      `\n${(body.length - 5).toString(16)};x=y\r\n${body.slice(5)}\r\n0\r\n\r\n`,
    ],
  ],
  ['without a length', [answer(200, '', { 'lambda-extension-identifier': 'id-1' })]],
])('an answer %s is read', async (_, steps) => {
  const api = await scriptedApi(...steps);

  const { registration } = register(api);

  // On a busy machine it may come beside.
  expect(await registration).toEqual(asRegistered);
});

test.each<[string, readonly (string | number)[]]>([
  ['of which nothing has come', [300, registered]],
  ['that began in time', [registered.slice(0, 60), 300, registered.slice(60)]],
  [
    'that lasts until the connection ends',
    [300, registered.replace(/content-length.*\r\n/, ''), 'close'],
  ],
])('does not block the process for an answer %s', async (_, steps) => {
  const api = await scriptedApi(...steps);

  const { registration } = register(api);

  expect(registration).toBeInstanceOf(Promise);
  expect(await registration).toEqual(asRegistered);
});

test.each([
  'Extension.RegistrationClosed',
  'Extension.TooManyExtensions',
  'Extension.InvalidExtensionState',
  'Extension.InvalidEventType',
  'InvalidRequestFormat',
])('tells the refusal %s', async (errorType) => {
  const api = await scriptedApi(answer(403, JSON.stringify({ errorType, errorMessage: 'no' })));

  const { registration } = register(api);

  expect(await registration).toEqual({ kind: 'refused', reason: errorType });
});

test.each<[string, readonly (string | number)[], string]>([
  ['a refusal without a type', [answer(500, 'Internal Server Error')], 'status 500'],
  ['a success without an identifier', [answer(200, '{}')], 'status 200'],
  ['an end without an answer', ['close'], 'no answer'],
  ['an end in the middle of the head', [registered.slice(0, 40), 'close'], 'no answer'],
  ['an end in the middle of the body', [registered.slice(0, -4), 'close'], 'no answer'],
  ['a reset', ['reset'], 'ECONNRESET'],
  ['garbage', ['\0\u00ff no HTTP\r\n\r\n', 'close'], 'status 0'],
  ['a length that is none', [answer(200, '{}', { 'content-length': 'x' }), 'close'], 'no answer'],
  [
    'chunks that are none',
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', 'close'],
    'no answer',
  ],
])('is refused by %s', async (_, steps, reason) => {
  const api = await scriptedApi(...steps);

  const { registration } = register(api);

  expect(await registration).toEqual({ kind: 'refused', reason });
});

test('is refused later by an end that comes late', async () => {
  const api = await scriptedApi(200, 'close');

  const { registration } = register(api);

  expect(await registration).toEqual({ kind: 'refused', reason: 'no answer' });
});

test('the connection goes on: Node itself reads what comes later', async () => {
  const api = await scriptedApi(registered, 50, 'an event');

  const { socket } = register(api);
  const text = await new Promise((resolve) => socket.once('data', resolve));

  expect(text).toBe('an event');
});

test('leaves no descriptor behind in a hundred tries of each kind', async () => {
  const taking = await scriptedApi(registered);
  const refusing = await scriptedApi(answer(403, '{"errorType":"Extension.RegistrationClosed"}'));
  const closed = await closedPort();
  const before = descriptors();

  for (let round = 0; round < 100; round += 1) {
    for (const port of [taking.port, refusing.port, closed]) {
      registerNow({ host: '127.0.0.1', port })?.socket.destroy();
    }
    registerNow({ host: 'sandbox', port: 9001 });
  }

  await expect.poll(descriptors).toBe(before);
});

function register({ port }: ScriptedApi): RegisteredNow {
  const now = registerNow({ host: '127.0.0.1', port });
  if (now === undefined) throw new Error('This machine cannot register at once.');
  onTestFinished(() => void now.socket.destroy());
  return now;
}

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
