/** Lambda Managed Instances: many invocations at once in one process, which is never frozen. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { Faults } from '../../src/local/server/faults.ts';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { type Lambda, type LambdaOptions, startLambda } from '../support/lambda/lambda.ts';
import { reportingTo } from '../support/sample-function.ts';

const taskRoot = fileURLToPath(new URL('../functions', import.meta.url));
const atOnce = 64;
const slowMs = 2_000;

test('64 invocations at once: nothing is mixed, nothing waits, nothing is registered', async () => {
  const platform = await startLocalPlatform({ faults: { kind: 'latency', ms: slowMs } });
  onTestFinished(() => platform.close());
  const lambda = await startLambda({
    handler: 'concurrent.handler',
    taskRoot,
    timeoutMs: 20_000,
    memoryMb: 512,
    managedInstances: { maxConcurrency: atOnce, workers: 2 },
    environment: {
      XPANDER_AGENT_ID: 'agent-123',
      ...reportingTo(platform),
      // The slow platform leaves a busy machine little of the usual three seconds.
      XPANDER_BUDGET_MS: '10000',
    },
  });
  onTestFinished(() => lambda.close());
  const numbers = Array.from({ length: atOnce }, (_, index) => index);

  const early: string[] = [];
  const results = await Promise.all(
    numbers.map(async (number) => {
      const result = await lambda.invoke({ number });
      if (platform.tasks().some(({ id }) => id === result.requestId)) early.push(result.requestId);
      return result;
    }),
  );

  // The platform takes two seconds for a report, which no response waited for.
  expect(early).toEqual([]);
  await expect.poll(() => platform.tasks().length).toBe(atOnce);
  const tasks = new Map(platform.tasks().map((task) => [task.id, task]));
  for (const [number, { kind, requestId }] of results.entries()) {
    const fails = number % 8 === 0;
    expect(kind).toBe(fails ? 'error' : 'response');
    expect(tasks.get(requestId)).toMatchObject({
      status: fails ? 'failed' : 'completed',
      input: JSON.stringify({ number }),
      result: fails ? expect.stringContaining(`run ${number}\n`) : `answer ${number}`,
      tokens: { prompt_tokens: 5 * number, completion_tokens: 5 },
      usedTools: Array.from({ length: 5 }, (_, step) => `tool-${number}-${step}`),
    });
  }
  expect(lambda.timeline.filter(({ what }) => /regist/.test(what))).toEqual([]);
  expect(lambda.logs.filter((line) => line.includes('xpander'))).toEqual([]);
});

test('a platform that is down for seconds gets all afterwards, without another invocation', async () => {
  const { lambda, platform } = await startStorm({ kind: 'status', status: 503, calls: 'all' });
  const numbers = Array.from({ length: 400 }, (_, index) => index);

  const results = await Promise.all(numbers.map((number) => lambda.invoke({ number })));
  await sleep(2_000);
  const delivered = platform.tasks().length;
  platform.setFaults(undefined);

  expect(delivered).toBe(0);
  await expect.poll(() => platform.tasks().length, { timeout: 100_000 }).toBe(numbers.length);
  const ids = results.map(({ requestId }) => requestId).sort();
  expect(
    platform
      .tasks()
      .map(({ id }) => id)
      .sort(),
  ).toEqual(ids);
  // Nobody announces the end of such an environment, so that each is in the log as well, and once.
  const lines = lambda.logs.filter((line) => line.includes('undelivered report {'));
  expect(lines).toHaveLength(numbers.length);
}, 240_000);

test('the report of a run that is about to time out is sent later when its key is refused', async () => {
  const { lambda, platform } = await startStorm(
    {
      kind: 'status',
      status: 401,
      calls: 'all',
      times: 1,
    },
    { handler: 'lost.wrapped', timeoutMs: 3_000 },
  );

  const { requestId } = await lambda.invoke({ way: 'hangs' });

  await expect
    .poll(() => [
      ...platform.tasks().map(({ id }) => id),
      ...lambda.logs.filter((line) => line.includes('undelivered report {')),
    ])
    .toEqual([expect.stringContaining(requestId)]);
});

async function startStorm(
  faults: Faults,
  options: Partial<LambdaOptions> = {},
): Promise<{ lambda: Lambda; platform: LocalPlatform }> {
  const platform = await startLocalPlatform({ faults });
  onTestFinished(() => platform.close());
  const lambda = await startLambda({
    handler: 'concurrent.handler',
    taskRoot,
    timeoutMs: 20_000,
    memoryMb: 512,
    managedInstances: { maxConcurrency: atOnce, workers: 2 },
    environment: { XPANDER_AGENT_ID: 'agent-123', ...reportingTo(platform) },
    ...options,
  });
  onTestFinished(() => lambda.close());
  return { lambda, platform };
}

test.each([
  ['the platform has the report of the timeout', undefined],
  ['the platform did not take it', 503],
])('a response after the deadline is not what the caller got: %s', async (_, refusedWith) => {
  const platform = await startLocalPlatform();
  onTestFinished(() => platform.close());
  const lambda = await startLambda({
    handler: 'lost.wrapped',
    taskRoot,
    timeoutMs: 1_000,
    memoryMb: 512,
    managedInstances: { maxConcurrency: 2, workers: 1 },
    environment: { XPANDER_AGENT_ID: 'agent-123', ...reportingTo(platform) },
  });
  onTestFinished(() => lambda.close());
  if (refusedWith !== undefined) platform.setFaults({ kind: 'status', status: refusedWith });

  const late = await lambda.invoke({ way: 'isSlow', waitMs: 1_500 });
  await expect.poll(() => platform.requests().length).toBeGreaterThan(0);
  platform.setFaults(undefined);
  // Longer than the handler goes on after the deadline.
  await sleep(1_000);
  await lambda.invoke({ way: 'answers' });

  expect(late.kind).toBe('timeout');
  const record = (): unknown => platform.tasks().find(({ id }) => id === late.requestId);
  const timedOut = { status: 'failed', result: expect.stringMatching(/^TimeoutError: timed out/) };
  await expect.poll(record, { timeout: 10_000 }).toMatchObject(timedOut);
  await sleep(500);
  expect(record()).toMatchObject(timedOut);
});
