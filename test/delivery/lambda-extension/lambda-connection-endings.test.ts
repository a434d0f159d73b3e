/** How calls, connections and processes end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import {
  connectToLambda,
  type LambdaConnection,
} from '../../../src/delivery/lambda-extension/lambda-connection.ts';
import { closedPort } from '../../support/closed-port.ts';

const call = { method: 'GET', path: '/next', headers: { 'x-id': 'id-1' } } as const;

test.each<[string, (socket: Socket) => void]>([
  ['ends', (socket) => socket.end()],
  ['is cut', (socket) => socket.destroy()],
  ['is reset', (socket) => socket.resetAndDestroy()],
])(
  'a connection that %s while a call is parked fails it; the next makes another',
  async (_, end) => {
    const { lambda, parked, connections } = await setUp();

    const lost = expect(lambda.call(call)).rejects.toBeInstanceOf(Error);
    const { request } = await parked();
    end(request.socket);
    await lost;
    const again = lambda.call(call);
    const { response } = await parked();
    response.end('there again');

    expect((await again).body).toBe('there again');
    expect(connections()).toBe(2);
  },
);

test('a connection that is cut in the middle of an answer fails the call', async () => {
  const { lambda, parked } = await setUp();

  const lost = expect(lambda.call(call)).rejects.toBeInstanceOf(Error);
  const { response } = await parked();
  response.writeHead(200, { 'content-length': 10 }).write('half');
  response.socket?.end();

  await lost;
});

test('a connection that is reset between two calls ends no process and is replaced', async () => {
  const { port, parked, connections } = await setUp();
  const child = childWith(
    port,
    `
      await lambda.call({ ...call, keepsAlive: true });
      await sleep(200);
      console.log((await lambda.call({ ...call, keepsAlive: true })).body);
    `,
  );

  const { request, response } = await parked();
  response.end('first');
  await once(response, 'finish');
  // Later than the answer, which a reset would take with it.
  setTimeout(() => request.socket.resetAndDestroy(), 50);
  (await parked()).response.end('second');

  expect(await child).toEqual({ exitCode: 0, stdout: 'second\n' });
  expect(connections()).toBe(2);
});

test('an answer in chunks leaves the connection for the next call', async () => {
  const { lambda, parked, connections } = await setUp();

  const first = lambda.call(call);
  const { response } = await parked();
  response.write('one, ');
  response.write('two');
  response.end();
  const body = (await first).body;
  const second = lambda.call(call);
  (await parked()).response.end('three');

  expect([body, (await second).body]).toEqual(['one, two', 'three']);
  expect(connections()).toBe(1);
});

test.each([
  ['with a length', { connection: 'close', 'content-length': 4 }],
  ['in chunks', { connection: 'Close', 'transfer-encoding': 'chunked' }],
  ['that lasts until the end', { connection: 'close' }],
])(
  'an answer %s that closes the connection is whole; the next call makes another',
  async (_, headers) => {
    const { lambda, parked, connections } = await setUp();

    const first = lambda.call(call);
    const { response } = await parked();
    response.useChunkedEncodingByDefault = false;
    response.writeHead(200, headers).end('last');
    const body = (await first).body;
    const second = lambda.call(call);
    (await parked()).response.end('next');

    expect([body, (await second).body]).toEqual(['last', 'next']);
    expect(connections()).toBe(2);
  },
);

test('closing fails the call that is parked', async () => {
  const { lambda, parked } = await setUp();
  const lost = expect(lambda.call(call)).rejects.toBeInstanceOf(Error);
  await parked();

  lambda.close();

  await lost;
});

test('where nobody listens every call fails with the reason', async () => {
  const lambda = connectToLambda({ host: '127.0.0.1', port: await closedPort() });

  const codes = [await codeOf(lambda.call(call)), await codeOf(lambda.call(call))];

  expect(codes).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
});

test('a process with nothing but a parked call ends by itself', async () => {
  const { port, parked } = await setUp();
  const child = childWith(port, 'void lambda.call(call); await sleep(100);');

  await parked();

  expect(await child).toEqual({ exitCode: 0, stdout: '' });
});

test('a process waits for the answer that keeps it alive, and not for the end of the connection', async () => {
  const { port, parked } = await setUp();
  const child = childWith(
    port,
    `console.log((await lambda.call({ ...call, keepsAlive: true })).body);`,
  );

  const { response } = await parked();
  setTimeout(() => response.end('taken'), 100);

  expect(await child).toEqual({ exitCode: 0, stdout: 'taken\n' });
});

interface Parked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface Stage {
  readonly lambda: LambdaConnection;
  readonly port: number;
  /** The next call that comes in: the test answers it. */
  readonly parked: () => Promise<Parked>;
  readonly connections: () => number;
}

async function setUp(): Promise<Stage> {
  let connections = 0;
  const waiting: Parked[] = [];
  const server = createServer((request, response) => {
    waiting.push({ request, response });
    server.emit('parked');
  }).on('connection', () => {
    connections += 1;
  });
  // Lambda does not close a connection that is idle.
  server.keepAliveTimeout = 0;
  const port = await portOf(server);
  const lambda = connectToLambda({ host: '127.0.0.1', port });
  onTestFinished(() => {
    lambda.close();
    server.closeAllConnections();
    server.close();
  });
  const parked = async (): Promise<Parked> => {
    for (;;) {
      const first = waiting.shift();
      if (first) return first;
      await once(server, 'parked');
    }
  };
  return { lambda, port, parked, connections: () => connections };
}

async function portOf(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function codeOf(failing: Promise<unknown>): Promise<unknown> {
  const error = await failing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof Error && 'code' in error ? error.code : error;
}

interface Ended {
  /** Null for one that had to be killed. */
  readonly exitCode: number | null;
  readonly stdout: string;
}

/** How a process ends that runs this code with a connection of its own. */
async function childWith(port: number, code: string): Promise<Ended> {
  const module = new URL(
    '../../../src/delivery/lambda-extension/lambda-connection.ts',
    import.meta.url,
  );
  const source = `
    import { setTimeout as sleep } from 'node:timers/promises';
    const { connectToLambda } = await import(${JSON.stringify(module.href)});
    const lambda = connectToLambda({ host: '127.0.0.1', port: ${port} });
    const call = ${JSON.stringify(call)};
    ${code}
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 15_000,
  });
  const [stdout, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { exitCode, stdout };
}
