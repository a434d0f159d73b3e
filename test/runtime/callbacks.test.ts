/** Node 22 in its own runtime client: answers by callback are as early as without a reporter. */
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { type Lambda, startLambda } from '../support/lambda/lambda.ts';
import { seenByCaller } from '../support/lambda/seen-by-caller.ts';
import { reportsOf } from '../support/reports-of.ts';
import { reportingTo } from '../support/sample-function.ts';

const slowMs = 1_000;

test.each([
  ['when the event loop is empty', { busyMs: 50 }],
  ['at once', { busyMs: 50, waits: false }],
  ['by context.succeed()', { succeeds: true }],
  ['with an error', { fails: true }],
  ['with nothing at all', { forgets: true }],
  ['by a promise', { resolves: true }],
  ['by a promise that is rejected', { rejects: true, fails: true }],
  ['by a promise, after a callback', { both: true }],
])('%s', async (_, event) => {
  const platform = await startLocalPlatform({ faults: { kind: 'latency', ms: slowMs } });
  onTestFinished(() => platform.close());
  const [bare, reported] = await Promise.all([
    start('bare', platform),
    start('reported', platform),
  ]);

  for (let count = 0; count < 2; count += 1) {
    const without = await bare.invoke(event);
    const withReporter = await reported.invoke(event);

    expect(seenByCaller(withReporter)).toEqual(seenByCaller(without));
    // The platform takes a second for a report, which the response did not wait for.
    expect(platform.tasks().map(({ id }) => id)).not.toContain(withReporter.requestId);
    expect(await withReporter.settled).toMatchObject({ kind: 'next' });
    expect(reportsOf(platform, { awsRequestId: withReporter.requestId })).toMatchObject([
      { is_success: !('fails' in event) },
    ]);
  }
});

async function start(name: string, platform: LocalPlatform): Promise<Lambda> {
  const lambda = await startLambda({
    runtime: 'nodejs22.x',
    handler: `callbacks.${name}`,
    taskRoot: fileURLToPath(new URL('../functions', import.meta.url)),
    timeoutMs: 10_000,
    memoryMb: 512,
    environment: { XPANDER_AGENT_ID: 'agent-123', ...reportingTo(platform) },
  });
  onTestFinished(() => lambda.close());
  return lambda;
}
