/** Managed Instances: Lambda repeats an event beside what is left of the attempt before. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { type Lambda, startLambda } from '../support/lambda/lambda.ts';
import { reportingTo } from '../support/sample-function.ts';

const timeoutMs = 1_000;
/** What `answers` returns. */
const second = 'here I am';

test('a handler that goes on after its deadline changes nothing for the next attempt', async () => {
  const { lambda, platform } = await setUp({ workers: 1 });
  const requestId = randomUUID();

  const first = await lambda.invoke({ way: 'isSlow', waitMs: timeoutMs + 400 }, { requestId });
  const next = await lambda.invoke({ way: 'answers' }, { requestId });
  await sleep(1_500);

  expect([first.kind, next.kind]).toEqual(['timeout', 'response']);
  expect(recordOf(platform, requestId)).toMatchObject({ status: 'completed', result: second });
});

test('an attempt that ended after its deadline does not replace the next one', async () => {
  const { lambda, platform } = await setUp({ workers: 2 });
  const requestId = randomUUID();
  // Nobody hears that it is about to time out, so that this is reported when its handler ends.
  platform.setFaults({ kind: 'status', status: 503, calls: 'all' });

  await lambda.invoke({ way: 'isSlow', waitMs: timeoutMs + 600 }, { requestId });
  platform.setFaults(undefined);
  const other = await startBeside(platform);
  await other.invoke({ way: 'answers' }, { requestId });
  await expect.poll(() => recordOf(platform, requestId)?.result).toBe(second);
  await sleep(3_000);

  expect(recordOf(platform, requestId)).toMatchObject({ status: 'completed', result: second });
});

test('a report whose answer was lost does not replace the next attempt', async () => {
  const { lambda, platform } = await setUp({ workers: 1 });
  const requestId = randomUUID();
  const other = await startBeside(platform);
  platform.setFaults({ kind: 'hang', times: 1 });

  await lambda.invoke({ way: 'rejects' }, { requestId });
  await expect.poll(() => platform.requests().length).toBe(1);
  await other.invoke({ way: 'answers' }, { requestId });
  await sleep(3_500);

  expect(recordOf(platform, requestId)).toMatchObject({ status: 'completed', result: second });
});

async function setUp({
  workers,
}: {
  readonly workers: number;
}): Promise<{ lambda: Lambda; platform: LocalPlatform }> {
  const platform = await startLocalPlatform();
  onTestFinished(() => platform.close());
  return { platform, lambda: await startBeside(platform, workers) };
}

async function startBeside(platform: LocalPlatform, workers = 1): Promise<Lambda> {
  const lambda = await startLambda({
    handler: 'lost.wrapped',
    taskRoot: fileURLToPath(new URL('../functions', import.meta.url)),
    timeoutMs,
    memoryMb: 512,
    managedInstances: { maxConcurrency: 2, workers },
    environment: { XPANDER_AGENT_ID: 'agent-123', ...reportingTo(platform) },
  });
  onTestFinished(() => lambda.close());
  return lambda;
}

function recordOf(
  platform: LocalPlatform,
  requestId: string,
): { readonly status: string; readonly result: string | null } | undefined {
  return platform.tasks().find(({ id }) => id === requestId);
}
