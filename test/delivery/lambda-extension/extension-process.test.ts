/** In processes of their own: there is one extension in each, and it is made only once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { closedPort } from '../../support/closed-port.ts';

test('two copies of the package register once, and ask for events once', async () => {
  const api = await startApi({ next: 'park' });

  const said = await runWith(
    api.address,
    `
      const one = joinExtension(environment, runtime);
      const copy = await import(module + '?copy');
      const other = copy.joinExtension(environment, runtime);
      await other.refusal;
      console.log(one !== undefined && one === other);
      await native.next();
    `,
  );

  expect(said).toBe('true\n');
  await expect.poll(api.calls).toEqual(['register xpander-lambda', 'next id-1']);
});

test('a delivery keeps the extension from asking for the next event', async () => {
  const api = await startApi({ next: 'one event' });

  const said = await runWith(
    api.address,
    `
      const extension = joinExtension(environment, runtime);
      await native.next();
      const hold = extension.hold(event, 10_000);
      await sleep(100);
      void native.next();
      await sleep(300);
      await fetch('http://' + environment.AWS_LAMBDA_RUNTIME_API + '/released');
      hold.release();
      await sleep(100);
      console.log(extension.hold(event, 10_000), await extension.refusal);
    `,
  );

  expect(said).toBe('undefined undefined\n');
  expect(api.calls()).toEqual([
    'register xpander-lambda',
    'next id-1',
    'released undefined',
    'next id-1',
  ]);
});

test('a port that cannot be ends with a refusal', async () => {
  const said = await runWith(
    '127.0.0.1:65536',
    `
      const extension = joinExtension(environment, runtime);
      await native.next();
      console.log(typeof await extension.refusal, extension.hold(event, 10_000));
    `,
  );

  expect(said).toBe('string undefined\n');
});

test('where nobody listens the reason is known before the first event', async () => {
  const port = await closedPort();

  const said = await runWith(
    `127.0.0.1:${port}`,
    `
      const extension = joinExtension(environment, runtime);
      await native.next();
      console.log(await extension.refusal);
    `,
  );

  expect(said).toBe('ECONNREFUSED\n');
});

test('the first event waits about a second for a reply that never comes', async () => {
  const api = await startApi({ next: 'park', registers: false });

  const said = await runWith(
    api.address,
    `
      const start = performance.now();
      const extension = joinExtension(environment, runtime);
      await native.next();
      const tookMs = performance.now() - start;
      console.log(tookMs > 950, tookMs < 5_000, extension.hold(event, 10_000));
      process.exit();
    `,
  );

  expect(said).toBe('true true undefined\n');
  expect(api.calls()).toEqual(['register xpander-lambda']);
});

test('a process that exits during an invocation has asked for its next event', async () => {
  const api = await startApi({ next: 'one event' });

  await runWith(
    api.address,
    `
      const extension = joinExtension(environment, runtime);
      await native.next();
      // Until the extension has the event as well.
      while (extension.canHold({ requestId: 'another' })) await sleep(5);
      process.exit();
    `,
  );

  await expect.poll(api.calls).toEqual(['register xpander-lambda', 'next id-1', 'next id-1']);
});

test('a process that exits between two invocations asks for no event twice', async () => {
  const api = await startApi({ next: 'park' });

  await runWith(
    api.address,
    `
      joinExtension(environment, runtime);
      await native.next();
      process.exit();
    `,
  );

  expect(api.calls()).toEqual(['register xpander-lambda', 'next id-1']);
});

test('there is none in a worker of the function', async () => {
  const api = await startApi({ next: 'park' });

  const said = await runWith(
    api.address,
    `
      const { Worker } = await import('node:worker_threads');
      const code = 'import(' + JSON.stringify(module) + ').then(({ joinExtension }) => ' +
        'console.log(joinExtension(' + JSON.stringify(environment) + ', {})))';
      new Worker(code, { eval: true });
    `,
  );

  expect(said).toBe('undefined\n');
  expect(api.calls()).toEqual([]);
});

interface Api {
  readonly address: string;
  /** What was called, and by whom. */
  readonly calls: () => readonly string[];
}

interface Script {
  /** Whether it ever answers a registration. @default true */
  readonly registers?: boolean;
  /** `one event` answers the first call for an event; all others wait for ever. */
  readonly next?: 'park' | 'one event';
}

async function startApi({ registers = true, next }: Script): Promise<Api> {
  const calls: string[] = [];
  let events = next === 'one event' ? 1 : 0;
  const server = createServer((request, response) => {
    const called = request.url?.split('/').at(-1) ?? '';
    const { headers } = request;
    const name = headers['lambda-extension-name'] ?? headers['lambda-extension-identifier'];
    calls.push(`${called} ${name}`);
    request.resume();
    if (called === 'register' && registers) {
      response.setHeader('Lambda-Extension-Identifier', 'id-1').end('{}');
    } else if (called === 'released') response.end();
    else if (called === 'next' && events > 0) {
      events -= 1;
      const deadlineMs = Date.now() + 60_000;
      response.end(JSON.stringify({ eventType: 'INVOKE', requestId: 'r-1', deadlineMs }));
    }
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const port = await portOf(server);
  return { address: `127.0.0.1:${port}`, calls: () => calls };
}

async function portOf(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** What a process says that runs this code and then ends by itself. */
async function runWith(address: string, code: string): Promise<string> {
  const module = new URL('../../../src/delivery/lambda-extension/extension.ts', import.meta.url)
    .href;
  const client = new URL(
    '../../../src/delivery/lambda-extension/runtime-client.ts',
    import.meta.url,
  ).href;
  const source = `
    import { createRequire } from 'node:module';
    import { setTimeout as sleep } from 'node:timers/promises';
    const module = ${JSON.stringify(module)};
    const environment = { AWS_LAMBDA_RUNTIME_API: ${JSON.stringify(address)} };
    const event = { requestId: 'r-1', deadlineMs: undefined };
    const headers = { 'lambda-runtime-aws-request-id': 'r-1' };
    const native = { next: async () => ({ headers, bodyJson: '{}' }), done() {}, error() {} };
    createRequire('/').cache['/var/runtime/rapid-client.node'] = { exports: native };
    const { observeRuntimeClient } = await import(${JSON.stringify(client)});
    const runtime = observeRuntimeClient(environment);
    const { joinExtension } = await import(module);
    ${code}
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 20_000,
  });
  const [said, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (exitCode !== 0) throw new Error(`The process ended with ${exitCode} after: ${said}`);
  return said;
}
