/** The call that a process makes as it exits: Lambda need not wait for it any more. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';

test('is made on a connection that is idle', async () => {
  const requests = await exitWith(`
    await lambda.call({ ...call, keepsAlive: true });
    lambda.sendBeforeExit({ ...call, path: '/last' });
    process.exit();
  `);

  expect(requests).toEqual(['/next', '/last']);
});

test('is not made while another call has no answer: Lambda would read neither', async () => {
  const requests = await exitWith(
    `
      void lambda.call(call);
      await fetch(said);
      lambda.sendBeforeExit({ ...call, path: '/last' });
      process.exit();
    `,
    { answers: false },
  );

  expect(requests).toEqual(['/next']);
});

test('is made when the answer has come and nobody has read it', async () => {
  const requests = await exitWith(`
    void lambda.call(call);
    // As long as a process may block, with the answer in its socket.
    await new Promise((resolve) => setImmediate(resolve));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    lambda.sendBeforeExit({ ...call, path: '/last' });
    process.exit();
  `);

  expect(requests).toEqual(['/next', '/last']);
});

test('is not made where there was no call before', async () => {
  const requests = await exitWith(`
    lambda.sendBeforeExit({ ...call, path: '/last' });
    process.exit();
  `);

  expect(requests).toEqual([]);
});

test('is not made on a connection that was closed, which ends the process as ever', async () => {
  const requests = await exitWith(`
    await lambda.call({ ...call, keepsAlive: true });
    lambda.close();
    lambda.sendBeforeExit({ ...call, path: '/last' });
    process.exit();
  `);

  expect(requests).toEqual(['/next']);
});

/** The paths that a server is asked for by a process that runs this code and exits. */
async function exitWith(code: string, { answers = true } = {}): Promise<readonly string[]> {
  const requests: string[] = [];
  const ended: Promise<unknown>[] = [];
  const server = createServer((socket: Socket) => {
    ended.push(once(socket, 'close').catch(() => undefined));
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      const paths = [...String(bytes).matchAll(/^GET (\S+) HTTP/gm)].map(([, path = '']) => path);
      requests.push(...paths.filter((path) => path !== '/said'));
      if (paths.includes('/said')) socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      else if (answers) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const module = new URL(
    '../../../src/delivery/lambda-extension/lambda-connection.ts',
    import.meta.url,
  );
  const source = `
    const { connectToLambda } = await import(${JSON.stringify(module.href)});
    const lambda = connectToLambda({ host: '127.0.0.1', port: ${port} });
    const call = { method: 'GET', path: '/next', headers: {} };
    const said = 'http://127.0.0.1:${port}/said';
    ${code}
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'inherit', 'pipe'],
    timeout: 20_000,
  });
  const [stderr, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  if (exitCode !== 0) throw new Error(`The process ended with ${exitCode}: ${stderr}`);
  await Promise.all(ended);
  return requests;
}
