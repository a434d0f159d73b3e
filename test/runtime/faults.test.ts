/** Whatever the platform, the network or the secret does: same answer, bounded time, one line. */
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Faults } from '../../src/local/server/faults.ts';
import { startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { closedPort } from '../support/closed-port.ts';
import type { InvocationResult } from '../support/lambda/invocation-result.ts';
import type { Lambda } from '../support/lambda/lambda.ts';
import { seenByCaller } from '../support/lambda/seen-by-caller.ts';
import { startSample } from '../support/sample-function.ts';
import { startSecretsManager } from '../support/secrets-manager.ts';

const apiKey = 'key-that-must-not-be-seen';
const budgetMs = 900;

let bare: Lambda;
beforeAll(async () => {
  bare = await start('shapes.bare', {});
});
afterAll(() => bare.close());

/** Sets the stage for one fault and returns the function's environment. */
type Fault = () => Promise<Record<string, string>>;

const withKey = (baseUrl: string): Record<string, string> => ({
  XPANDER_BASE_URL: baseUrl,
  XPANDER_API_KEY: apiKey,
});

function platformFault(faults: Faults): Fault {
  return async () => {
    const platform = await startLocalPlatform({ faults });
    onTestFinished(() => platform.close());
    return withKey(platform.url);
  };
}

function secretFault(failure: string): Fault {
  return async () => {
    const platform = await startLocalPlatform();
    const secrets = await startSecretsManager({ secrets: { 'xpander/api-key': apiKey } });
    onTestFinished(() => platform.close());
    onTestFinished(() => secrets.close());
    if (failure !== 'missing') secrets.failWith(failure as never);
    return {
      ...secrets.environment,
      XPANDER_BASE_URL: platform.url,
      XPANDER_API_KEY_SECRET: failure === 'missing' ? 'no/such-secret' : 'xpander/api-key',
    };
  };
}

const untrusted: Fault = async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
  const server = createServer({ key, cert }, (_, response) => response.end('{}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return withKey(`https://localhost:${typeof address === 'object' && address?.port}`);
};

const temporary: [string, Fault, RegExp][] = [
  [
    'a black hole',
    platformFault({ kind: 'hang' }),
    /ConnectionError: (The \d+ ms for this delivery|.*ETIMEDOUT)/,
  ],
  ['500s', platformFault({ kind: 'status', status: 500 }), /ApiError.*500/],
  ['a rate limit', platformFault({ kind: 'status', status: 429 }), /ApiError.*429/],
  ['resets', platformFault({ kind: 'drop' }), /ConnectionError.*ECONNRESET/],
  ['a closed port', async () => withKey(`http://127.0.0.1:${await closedPort()}`), /ECONNREFUSED/],
  ['a wrong certificate', untrusted, /ConnectionError.*SELF_SIGNED/],
  ['a DNS failure', async () => withKey('https://platform.invalid'), /ENOTFOUND|EAI_AGAIN/],
  [
    'a proxy variable that holds no usable address',
    async () => ({
      ...withKey('https://platform.invalid'),
      HTTPS_PROXY: `socks5://user:${apiKey}@proxy.invalid:1080`,
    }),
    /ConnectionError: The variable HTTPS_PROXY is not a valid proxy: the scheme 'socks5'/,
  ],
  ['a missing secret', secretFault('missing'), /ApiKeyError.*no\/such-secret/],
  ['a secret that may not be read', secretFault('AccessDeniedException'), /ApiKeyError.*may not/],
  [
    'a Secrets Manager that hangs',
    secretFault('hang'),
    /Secrets Manager did not answer|The \d+ ms for this/,
  ],
];

const final: [string, Fault, RegExp][] = [
  ['a refused field', platformFault({ kind: 'status', status: 422 }), /ApiError.*422/],
  ['a refused key', platformFault({ kind: 'status', status: 401 }), /ApiError.*401/],
];

const shapes = ['text', 'rejects', 'http'];

test.each(temporary)(
  '%s: the answer waits for nothing, the reports are kept',
  async (_, stage, reason) => {
    await using lambda = await start('shapes.wrapped', await stage());
    const ids: string[] = [];

    for (const shape of shapes) {
      const withFault = await invokeBoth(lambda, shape);
      ids.push(withFault.requestId);
    }

    expect(waiting(lambda)).toEqual(new Set(ids));
    // One line for all: who reads the log needs to know once.
    expect(ownLines(lambda.logs)).toEqual([expect.stringMatching(reason)]);
    await lambda.shutdown();
    expect(new Set(lambda.logs.map(undelivered).flatMap((record) => record ?? []))).toEqual(
      new Set(ids),
    );
    expect(waiting(lambda)).toEqual(new Set());
    expect(lambda.logs.join('\n')).not.toContain(apiKey);
  },
);

test.each([...temporary, ...final])(
  'in-band, %s: the answer waits for the budget at most, the reports are in the log',
  async (_, stage, reason) => {
    const environment = { ...(await stage()), XPANDER_DELIVERY: 'in-band' };
    await using lambda = await start('shapes.wrapped', environment);

    for (const shape of shapes) {
      const withFault = await invokeBoth(lambda, shape);

      const lines = ownLines(withFault.logs);
      expect(lines).toEqual([expect.stringMatching(reason)]);
      expect(undelivered(lines[0] ?? '')).toBe(withFault.requestId);
    }
    expect(lambda.logs.join('\n')).not.toContain(apiKey);
  },
);

test.each(final)(
  '%s: a report that will never be taken is in the log',
  async (_, stage, reason) => {
    await using lambda = await start('shapes.wrapped', await stage());

    const withFault = await invokeBoth(lambda, 'text');

    expect(ownLines(withFault.logs)).toEqual([expect.stringMatching(reason)]);
    expect(undelivered(withFault.logs.join('\n'))).toBe(withFault.requestId);
    expect(waiting(lambda)).toEqual(new Set());
  },
);

test('an answer that drips is not waited for', async () => {
  const environment = await platformFault({ kind: 'drip', intervalMs: 500 })();
  await using lambda = await start('shapes.wrapped', environment);

  const result = await lambda.invoke({ shape: 'text' });

  await result.settled;
  expect(result).toMatchObject({ kind: 'response', body: '"plain text"' });
  expect(result.logs.filter((line) => line.includes('[xpander-lambda]'))).toEqual([]);
});

const start = (handler: string, environment: Record<string, string>): Promise<Lambda> =>
  startSample(handler, { XPANDER_BUDGET_MS: String(budgetMs), ...environment });

/** Invokes with and without a reporter, and compares what the caller gets. */
async function invokeBoth(lambda: Lambda, shape: string): Promise<InvocationResult> {
  const without = await bare.invoke({ shape });
  const withFault = await lambda.invoke({ shape });
  await Promise.all([without.settled, withFault.settled]);
  expect(seenByCaller(withFault)).toEqual(seenByCaller(without));
  // Half as much again, for a busy machine.
  expect(withFault.responseMs - without.responseMs).toBeLessThan(budgetMs * 1.5);
  return withFault;
}

/** The run whose report is in a log line. */
function undelivered(line: string): string | undefined {
  const [, record] = /undelivered report (\{.*\})/.exec(line) ?? [];
  return record === undefined ? undefined : JSON.parse(record).report.id;
}

function ownLines(logs: readonly string[]): string[] {
  return logs.filter((line) => line.includes('[xpander-lambda]'));
}

/** The runs whose reports lie in the function's /tmp. */
function waiting({ tmp }: Lambda): Set<string> {
  const files = globSync(join(tmp, 'xpander-lambda/spool-*/*'));
  return new Set(files.map((file) => JSON.parse(readFileSync(file, 'utf8')).report.id));
}
