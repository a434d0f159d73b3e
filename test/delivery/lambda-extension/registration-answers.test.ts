/** What Lambda, or whatever is in its place, may reply to a registration. */
import { readdirSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import type { Registration } from '../../../src/delivery/lambda-extension/extensions-api.ts';
import { askForNext, register } from '../../../src/delivery/lambda-extension/extensions-client.ts';
import {
  connectToLambda,
  type LambdaConnection,
} from '../../../src/delivery/lambda-extension/lambda-connection.ts';
import { closedPort } from '../../support/closed-port.ts';
import { answer, registered, type ScriptedApi, scriptedApi } from './scripted-api.ts';

const asRegistered = { kind: 'registered', identifier: 'id-1' };
const body = '{"functionName":"agent","handler":"index.handler"}';

test('registers for the events of invocations', async () => {
  const api = await scriptedApi(registered);

  await registerAt(api);

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
  ['of which nothing comes at first', [300, registered]],
  [
    'that lasts until the connection ends',
    [100, registered.replace(/content-length.*\r\n/, ''), 'close'],
  ],
])('a reply %s is read', async (_, steps) => {
  const api = await scriptedApi(...steps);

  expect(await registerAt(api)).toEqual(asRegistered);
});

test.each([
  'Extension.RegistrationClosed',
  'Extension.TooManyExtensions',
  'Extension.InvalidExtensionState',
  'Extension.InvalidEventType',
  'InvalidRequestFormat',
])('the refusal %s is known by its name', async (errorType) => {
  const api = await scriptedApi(answer(403, JSON.stringify({ errorType, errorMessage: 'no' })));

  expect(await registerAt(api)).toEqual({ kind: 'refused', reason: errorType });
});

test.each<[string, readonly (string | number)[], string | RegExp]>([
  ['a refusal without a type', [answer(500, 'Internal Server Error')], 'status 500'],
  ['a success without an identifier', [answer(200, '{}')], 'status 200'],
  ['an end without a reply', ['close'], /closed/],
  ['an end that comes late', [200, 'close'], /closed/],
  ['an end in the middle of the head', [registered.slice(0, 40), 'close'], /closed/],
  ['an end in the middle of the body', [registered.slice(0, -4), 'close'], /closed/],
  ['a reset', ['reset'], 'ECONNRESET'],
  ['garbage', ['\0\u00ff no HTTP\r\n\r\n', 'close'], 'status 0'],
  ['a length that is none', [answer(200, '{}', { 'content-length': 'x' }), 'close'], /closed/],
  [
    'chunks that are none',
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', 'close'],
    /closed/,
  ],
])('%s counts as a refusal', async (_, steps, reason) => {
  const api = await scriptedApi(...steps);

  const registration = await registerAt(api);

  expect(registration).toEqual({
    kind: 'refused',
    reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
  });
});

test('the connection goes on: the reply to the next call is read from it', async () => {
  const next = answer(200, '{"eventType":"INVOKE","requestId":"one","deadlineMs":5}');
  const api = await scriptedApi(registered, 50, next);
  const lambda = connect(api);

  await register(lambda);

  expect(await askForNext(lambda, 'id-1')).toEqual({
    kind: 'invoke',
    event: { requestId: 'one', deadlineMs: 5 },
  });
  expect(await api.received()).toHaveLength(1);
});

test('a hundred registrations of each kind leave no descriptor behind', async () => {
  const taking = await scriptedApi(registered);
  const refusing = await scriptedApi(answer(403, '{"errorType":"Extension.RegistrationClosed"}'));
  const closed = await closedPort();
  const before = descriptors();

  for (let round = 0; round < 100; round += 1) {
    for (const port of [taking.port, refusing.port, closed]) {
      const lambda = connectToLambda({ host: '127.0.0.1', port });
      await register(lambda);
      lambda.close();
    }
  }

  await expect.poll(descriptors).toBeLessThanOrEqual(before);
});

function registerAt(api: ScriptedApi): Promise<Registration> {
  return register(connect(api));
}

function connect({ port }: ScriptedApi): LambdaConnection {
  const lambda = connectToLambda({ host: '127.0.0.1', port });
  onTestFinished(() => lambda.close());
  return lambda;
}

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
