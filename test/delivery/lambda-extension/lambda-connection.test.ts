import { execFile } from 'node:child_process';
import { createServer, type RequestListener, type Server } from 'node:http';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import {
  connectToLambda,
  type LambdaConnection,
} from '../../../src/delivery/lambda-extension/lambda-connection.ts';

test('calls are made one after the other on one connection', async () => {
  const { lambda, connections } = await setUp((request, response) => {
    response.setHeader('x-method', request.method ?? '');
    request.pipe(response);
  });

  const first = await lambda.call({ ...call, method: 'POST', body: 'a body' });
  const second = await lambda.call(call);

  expect([first.statusCode, first.header('x-method'), first.body]).toEqual([200, 'POST', 'a body']);
  expect([second.header('x-method'), second.body]).toEqual(['GET', '']);
  expect(connections()).toBe(1);
});

test('a connection that was closed between two calls is replaced', async () => {
  const { lambda, server, connections } = await setUp((_, response) => response.end('{}'));

  await lambda.call(call);
  server.closeAllConnections();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const again = await lambda.call(call);

  expect(again.body).toBe('{}');
  expect(connections()).toBe(2);
});

test('a call whose connection is cut fails, and the next one is made on another', async () => {
  let count = 0;
  const { lambda, connections } = await setUp((request, response) => {
    count += 1;
    if (count === 1) request.socket.destroy();
    else response.end('there again');
  });

  await expect(lambda.call(call)).rejects.toThrow();
  const again = await lambda.call(call);

  expect(again.body).toBe('there again');
  expect(connections()).toBe(2);
});

test('a process that only waits for an answer ends by itself', async () => {
  const { server } = await setUp(() => undefined);
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const module = new URL(
    '../../../src/delivery/lambda-extension/lambda-connection.ts',
    import.meta.url,
  );
  const code = `
    const { connectToLambda } = await import(${JSON.stringify(module.href)});
    void connectToLambda({ host: '127.0.0.1', port: ${port} }).call(${JSON.stringify(call)});
    setTimeout(() => console.log('done'), 100);
  `;

  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    code,
  ]);

  expect(stdout).toBe('done\n');
});

const call = { method: 'GET', path: '/next', headers: { 'x-id': 'id-1' } } as const;

async function setUp(answer: RequestListener): Promise<{
  readonly lambda: LambdaConnection;
  readonly server: Server;
  readonly connections: () => number;
}> {
  let connections = 0;
  const server = createServer(answer).on('connection', () => {
    connections += 1;
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const lambda = connectToLambda({ host: '127.0.0.1', port });
  onTestFinished(() => lambda.close());
  return { lambda, server, connections: () => connections };
}
