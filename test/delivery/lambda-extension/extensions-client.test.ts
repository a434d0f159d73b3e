import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { Socket } from 'node:net';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  askForNext,
  type Next,
  register,
} from '../../../src/delivery/lambda-extension/extensions-client.ts';
import {
  connectToLambda,
  type LambdaConnection,
} from '../../../src/delivery/lambda-extension/lambda-connection.ts';
import { closedPort } from '../../support/closed-port.ts';

const event = { eventType: 'INVOKE', requestId: 'r-1', deadlineMs: 5, tracing: { type: 'X' } };

test.each<[string, number, string, Next]>([
  ['an event', 200, JSON.stringify(event), invoked('r-1', 5)],
  ['another event', 200, '{"eventType":"SHUTDOWN"}', { kind: 'other' }],
  ['no event', 200, '<html>', { kind: 'other' }],
  ['a refusal', 403, '{"errorType":"Extension.InvalidExtensionState"}', failed('status 403')],
  ['a fault', 500, '', failed('status 500')],
])('%s', async (_, status, body, expected) => {
  const asked: IncomingMessage[] = [];
  const { lambda } = await listening((request, response) => {
    asked.push(request);
    response.writeHead(status).end(body);
  });

  const next = await askForNext(lambda, 'id-1');

  expect(next).toEqual(expected);
  expect(asked.map(({ method, url, headers }) => [method, url, headers])).toEqual([
    [
      'GET',
      '/2020-01-01/extension/event/next',
      expect.objectContaining({ 'lambda-extension-identifier': 'id-1' }),
    ],
  ]);
});

test('an event in pieces, with characters of several bytes, is read', async () => {
  const { lambda } = await listening((_, response) => {
    response.write('{"eventType":"INVOKE","arn":"fün');
    setTimeout(() => response.end('ktion","requestId":"r-2","deadlineMs":6}'), 20);
  });

  expect(await askForNext(lambda, 'id-1')).toEqual(invoked('r-2', 6));
});

test('a parked call sets no timer: nothing can end it but its answer', async () => {
  let answer: (() => void) | undefined;
  const { lambda } = await listening((_, response) => {
    answer = () => response.end(JSON.stringify(event));
  });
  const ownTimers = vi.spyOn(globalThis, 'setTimeout');
  const socketTimers = vi.spyOn(Socket.prototype, 'setTimeout');

  const asking = askForNext(lambda, 'id-1');
  const set = [ownTimers.mock.calls.length, socketTimers.mock.calls.length];
  await expect.poll(() => answer).toBeDefined();
  answer?.();

  expect(await asking).toEqual(invoked('r-1', 5));
  expect(set).toEqual([0, 0]);
});

test('a connection that is cut while a call is parked is a failure, and the next call works', async () => {
  let calls = 0;
  const { lambda } = await listening((request, response) => {
    calls += 1;
    if (calls === 1) setTimeout(() => request.socket.resetAndDestroy(), 20);
    else response.end(JSON.stringify(event));
  });

  const nexts = [await askForNext(lambda, 'id-1'), await askForNext(lambda, 'id-1')];

  expect(nexts).toEqual([failed('ECONNRESET'), invoked('r-1', 5)]);
});

test('where nobody listens both calls fail', async () => {
  const lambda = connectToLambda({ host: '127.0.0.1', port: await closedPort() });

  const answers = [await register(lambda), await askForNext(lambda, 'id-1')];

  expect(answers).toEqual([{ kind: 'refused', reason: 'ECONNREFUSED' }, failed('ECONNREFUSED')]);
});

test('a process that was stopped hears the event that came meanwhile', async () => {
  let park: () => void = () => undefined;
  const parked = new Promise<void>((resolve) => {
    park = resolve;
  });
  let answer: () => void = () => undefined;
  const { port } = await listening((_, response) => {
    answer = () => response.end(JSON.stringify(event));
    park();
  });
  const child = execFile(process.execPath, script(port, 'setTimeout(() => {}, 30_000);'));
  const { pid } = child;
  let output = '';
  child.stdout?.on('data', (text) => {
    output += text;
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await parked;

  process.kill(pid ?? 0, 'SIGSTOP');
  answer();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const whileStopped = output;
  process.kill(pid ?? 0, 'SIGCONT');
  await once(child, 'close');

  expect(whileStopped).toBe('');
  expect(JSON.parse(output)).toEqual(invoked('r-1', 5));
});

test('a process that has nothing else to do ends while its call is parked', async () => {
  const { port } = await listening(() => undefined);

  const ended = await promisify(execFile)(process.execPath, script(port, ''), { timeout: 20_000 });

  expect(ended).toEqual({ stdout: '', stderr: '' });
});

/** A program that asks for an event, says it and exits. */
function script(port: number, more: string): string[] {
  const from = (name: string): string =>
    JSON.stringify(
      new URL(`../../../src/delivery/lambda-extension/${name}.ts`, import.meta.url).href,
    );
  return [
    '--input-type=module',
    '--eval',
    `const { connectToLambda } = await import(${from('lambda-connection')});
     const { askForNext } = await import(${from('extensions-client')});
     askForNext(connectToLambda({ host: '127.0.0.1', port: ${port} }), 'id-1').then((next) => {
       console.log(JSON.stringify(next));
       process.exit(0);
     });
     ${more}`,
  ];
}

function invoked(requestId: string, deadlineMs: number): Next {
  return { kind: 'invoke', event: { requestId, deadlineMs } };
}

function failed(reason: string): Next {
  return { kind: 'failed', reason };
}

async function listening(
  listener: RequestListener,
): Promise<{ readonly lambda: LambdaConnection; readonly port: number }> {
  const server = createServer({ keepAliveTimeout: 0 }, listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const lambda = connectToLambda({ host: '127.0.0.1', port });
  onTestFinished(() => lambda.close());
  return { lambda, port };
}
