/** A function whose own code deletes or replaces globals, as polyfills and fake timers do. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import {
  type LocalPlatform,
  startLocalPlatform,
} from '../../../src/local/server/local-platform.ts';

const ways: readonly (readonly [string, string])[] = [
  ['deleted', 'delete globalThis[name];'],
  ['replaced', "globalThis[name] = () => { throw new Error(name + ' is replaced'); };"],
  ['replaced by what does nothing', 'globalThis[name] = function () { return {}; };'],
];

test.each(ways)(
  'tasks are reported although timers are %s, and the environment held for them',
  async (_, ruin) => {
    const platform = await startSlowPlatform();
    const { address, calls } = await startApi(platform);
    const names = ['setTimeout', 'clearTimeout', 'setImmediate'];

    startFunction(address, platform, `for (const name of ${JSON.stringify(names)}) { ${ruin} }`);

    // The second invocation begins with globals that are gone.
    await expect
      .poll(calls, { timeout: 20_000 })
      .toEqual(['register', 'next after 0 tasks', 'next after 1 tasks', 'next after 2 tasks']);
  },
);

test.each(ways)(
  'where Buffer and Promise are %s no invocation waits for its timeout, and what cannot be sent is logged',
  async (_, ruin) => {
    const platform = await startSlowPlatform();
    const { address, calls } = await startApi(platform);

    const log = startFunction(
      address,
      platform,
      `for (const name of ['Buffer', 'Promise']) { ${ruin} }`,
    );

    await expect.poll(() => calls().length, { timeout: 20_000 }).toBe(4);
    const logged = log().filter((line) => line.includes('undelivered report'));
    expect(platform.tasks().length + logged.length).toBe(2);
  },
);

async function startSlowPlatform(): Promise<LocalPlatform> {
  const platform = await startLocalPlatform({ faults: { kind: 'latency', ms: 100 } });
  onTestFinished(() => platform.close());
  return platform;
}

/** Lambda's APIs: two events, each when runtime and extension have asked for it. */
async function startApi(
  platform: LocalPlatform,
): Promise<{ readonly address: string; readonly calls: () => readonly string[] }> {
  const calls: string[] = [];
  const asked: ServerResponse[] = [];
  const server = createServer((request, response) => {
    request.resume();
    if (request.url?.endsWith('/register')) {
      calls.push('register');
      response.setHeader('Lambda-Extension-Identifier', 'id-1').end('{}');
      return;
    }
    if (request.url?.includes('/extension/')) {
      calls.push(`next after ${platform.tasks().length} tasks`);
    }
    asked.push(response);
    const event = calls.length - 1;
    if (asked.length < 2 || event > 2) return;
    const deadlineMs = Date.now() + 60_000;
    const sent = JSON.stringify({ eventType: 'INVOKE', requestId: `r-${event}`, deadlineMs });
    for (const other of asked.splice(0)) other.end(sent);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { address: `127.0.0.1:${port}`, calls: () => calls };
}

/**
 * The package as it is published, in a runtime of its own.
 *
 * @returns what it has logged
 */
function startFunction(
  address: string,
  platform: LocalPlatform,
  ruin: string,
): () => readonly string[] {
  const index = new URL('../../../dist/index.js', import.meta.url).href;
  const source = `
    import { once } from 'node:events';
    import { createRequire } from 'node:module';
    import { get } from 'node:http';
    import { text } from 'node:stream/consumers';
    const native = {
      async next() {
        const asked = get('http://${address}/runtime/next', { agent: false });
        const [response] = await once(asked, 'response');
        const { requestId, deadlineMs } = JSON.parse(await text(response));
        const headers = {
          'lambda-runtime-aws-request-id': requestId,
          'lambda-runtime-deadline-ms': String(deadlineMs),
        };
        return { headers, bodyJson: '{}' };
      },
      done() {},
      error() {},
    };
    createRequire('/').cache['/var/runtime/rapid-client.node'] = { exports: native };
    const { withTaskReporter } = await import(${JSON.stringify(index)});
    const handler = withTaskReporter(async () => {
      ${ruin}
      return 'fine';
    });
    for (;;) {
      const { headers } = await native.next();
      const awsRequestId = headers['lambda-runtime-aws-request-id'];
      const context = { awsRequestId, getRemainingTimeInMillis: () => 60_000 };
      native.done(awsRequestId, JSON.stringify(await handler({}, context)));
    }
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      AWS_LAMBDA_RUNTIME_API: address,
      XPANDER_AGENT_ID: 'agent-123',
      XPANDER_API_KEY: 'key',
      XPANDER_BASE_URL: platform.url,
      XPANDER_DELIVERY: 'after-response',
    },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  return () => log.split('\n');
}
