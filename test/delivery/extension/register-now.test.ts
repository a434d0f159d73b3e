/** The servers run in a thread of their own: what is tested blocks this one. */
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import type { Registration } from '../../../src/delivery/extension/extensions-api.ts';
import { registerNow } from '../../../src/delivery/extension/register-now.ts';
import { closedPort } from '../../support/closed-port.ts';

const accepted =
  'HTTP/1.1 200 OK\r\nLambda-Extension-Identifier: id-1\r\nContent-Length: 2\r\n\r\n{}';
const refused = (type: string): string => {
  const body = JSON.stringify({ errorType: type, errorMessage: 'no' });
  return `HTTP/1.1 403 Forbidden\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
};

test.each<[string, string[], Registration]>([
  ['at once', [accepted], { kind: 'registered', identifier: 'id-1' }],
  ['in pieces', accepted.match(/[\s\S]{1,30}/g) ?? [], { kind: 'registered', identifier: 'id-1' }],
  [
    'with a refusal',
    [refused('Extension.RegistrationClosed')],
    { kind: 'refused', reason: 'Extension.RegistrationClosed' },
  ],
  ['with nonsense', ['SSH-2.0\r\n', '\r\n', 'END'], { kind: 'refused', reason: 'status 0' }],
  ['by hanging up', ['END'], { kind: 'refused', reason: 'no answer' }],
])('Lambda answers %s: it is known on return', async (_, pieces, expected) => {
  const port = await answering(pieces, 2);

  const now = register('127.0.0.1', port);

  expect(now?.registration).toEqual(expected);
});

test('an answer that takes long is awaited beside', async () => {
  const port = await answering([accepted], 400);

  const now = register('localhost', port);

  expect(now?.registration).toBeInstanceOf(Promise);
  expect(await now?.registration).toEqual({ kind: 'registered', identifier: 'id-1' });
});

test('nobody listens', async () => {
  const now = register('127.0.0.1', await closedPort());

  expect(now?.registration).toEqual({
    kind: 'refused',
    reason: expect.stringMatching(/ECONN|EPIPE/),
  });
});

test.each(['sandbox.localdomain', '::1'])('%s cannot be connected to at once', (host) => {
  expect(registerNow({ host, port: 9001 })).toBeUndefined();
});

test('it leaves process.nextTick as it was, and no descriptors', async () => {
  const { nextTick } = process;
  const port = await answering([accepted], 0);
  const before = readdirSync('/proc/self/fd').length;

  for (let count = 0; count < 50; count += 1) {
    registerNow({ host: '127.0.0.1', port })?.socket.destroy();
  }
  await new Promise((resolve) => setTimeout(resolve, 50));

  expect(process.nextTick).toBe(nextTick);
  expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before + 1);
});

test('what others put off meanwhile stays put off', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const order: string[] = [];

  process.nextTick(() => order.push('tick'));
  register('127.0.0.1', typeof address === 'object' ? (address?.port ?? 0) : 0);
  order.push('registered');
  await new Promise(setImmediate);

  expect(order).toEqual(['registered', 'tick']);
});

function register(host: string, port: number): ReturnType<typeof registerNow> {
  const now = registerNow({ host, port });
  onTestFinished(() => void now?.socket.destroy());
  return now;
}

/** A server that answers each request with these pieces, so many milliseconds apart. */
async function answering(pieces: readonly string[], everyMs: number): Promise<number> {
  const worker = new Worker(server, { eval: true, workerData: { pieces, everyMs } });
  onTestFinished(async () => void (await worker.terminate()));
  return new Promise((resolve) => worker.once('message', resolve));
}

const server = `
  const { parentPort, workerData: { pieces, everyMs } } = require('node:worker_threads');
  const server = require('node:net').createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      const send = ([piece, ...others]) => {
        if (piece === undefined) return;
        if (piece === 'END') return socket.end();
        socket.write(piece);
        setTimeout(send, everyMs, others);
      };
      setTimeout(send, everyMs, pieces);
    });
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;
