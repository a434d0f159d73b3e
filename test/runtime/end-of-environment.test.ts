/** What waits when an environment ends is sent if the platform takes it again, whatever it did before. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Fault } from '../../src/local/server/faults.ts';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { type BuiltSentinel, buildSentinel, startGuarded } from '../sentinel/guarded-function.ts';
import type { Lambda } from '../support/lambda/lambda.ts';
import { reportingTo, startSample } from '../support/sample-function.ts';

const invocations = 12;

const faults: [string, Fault][] = [
  ['an open circuit breaker', { kind: 'status', status: 503, calls: 'all' }],
  [
    'a pause that a rate limit asks for',
    { kind: 'status', status: 429, headers: { 'retry-after': '60' }, calls: 'all' },
  ],
];

let sentinel: BuiltSentinel;
beforeAll(async () => {
  sentinel = await buildSentinel();
});
afterAll(() => sentinel[Symbol.asyncDispose]());

const starts: [string, (platform: LocalPlatform) => Promise<Lambda>][] = [
  [
    'the function',
    async (platform) => {
      const lambda = await startSample('lost.wrapped', {
        ...reportingTo(platform),
        XPANDER_BUDGET_MS: '300',
      });
      onTestFinished(() => lambda.close());
      return lambda;
    },
  ],
  [
    'the sentinel',
    async (platform) => {
      const environment = { ...reportingTo(platform), XPANDER_BUDGET_MS: '300' };
      return (await startGuarded(sentinel, { platform, environment })).lambda;
    },
  ],
];

describe.each(starts)('%s', (_, start) => {
  test.each(faults)('%s ends with the environment', async (_, fault) => {
    const platform = await startPlatform();
    const lambda = await start(platform);
    platform.setFaults(fault);
    const ids = await invokeSome(lambda);
    platform.setFaults(undefined);

    await lambda.shutdown();

    expect(platform.tasks().map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    expect(undelivered(lambda)).toEqual([]);
  });

  test.each<[string, Fault]>([
    ['hangs', { kind: 'hang', calls: 'all' }],
    ['refuses for its limit', { kind: 'status', status: 429, calls: 'all' }],
    ['is down', { kind: 'status', status: 503, calls: 'all' }],
  ])('a platform that still %s gets one request, and what waits is logged', async (_, fault) => {
    const platform = await startPlatform();
    const lambda = await start(platform);
    platform.setFaults(fault);
    const ids = await invokeSome(lambda);
    const before = platform.requests().length;

    const startedAt = performance.now();
    await lambda.shutdown();
    const tookMs = performance.now() - startedAt;

    expect(platform.requests().length - before).toBeGreaterThan(0);
    // One delivery, which may be tried more than once.
    expect(platform.requests().length - before).toBeLessThanOrEqual(3);
    expect(undelivered(lambda)).toHaveLength(ids.length);
    expect(tookMs).toBeLessThan(1_500);
  });
});

async function startPlatform(): Promise<LocalPlatform> {
  const platform = await startLocalPlatform();
  onTestFinished(() => platform.close());
  return platform;
}

async function invokeSome(lambda: Lambda): Promise<string[]> {
  const ids: string[] = [];
  for (let count = 0; count < invocations; count += 1) {
    const result = await lambda.invoke({ way: 'answers' });
    await result.settled;
    ids.push(result.requestId);
  }
  return ids;
}

function undelivered({ logs }: Lambda): string[] {
  return logs.filter((line) => line.includes('undelivered report'));
}
