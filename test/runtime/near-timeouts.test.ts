/** A response shortly before the timeout replaces the report that the task may time out. */
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { type Lambda, startLambda } from '../support/lambda/lambda.ts';
import { reportsOf } from '../support/reports-of.ts';
import { reportingTo } from '../support/sample-function.ts';

const timeoutMs = 4_000;
// Reported as about to time out 400 ms before; with less than 200 ms left nothing is sent any more.
const waitMs = timeoutMs - 170;

test.each<[string, (lambda: Lambda) => Promise<unknown>]>([
  ['the environment is not needed any more', (lambda) => lambda.shutdown()],
  [
    'its process is killed, and another one follows',
    async (lambda) => {
      process.kill(lambda.pid ?? 0, 'SIGKILL');
      await expect.poll(() => lambda.pid).toBeUndefined();
      await (await lambda.invoke({ way: 'answers' })).settled;
    },
  ],
  ['another event follows', async (lambda) => (await lambda.invoke({ way: 'answers' })).settled],
])('%s', async (_, follows) => {
  const platform = await startLocalPlatform();
  onTestFinished(() => platform.close());
  const lambda = await startLambda({
    handler: 'lost.wrapped',
    taskRoot: fileURLToPath(new URL('../functions', import.meta.url)),
    timeoutMs,
    environment: { XPANDER_AGENT_ID: 'agent-123', ...reportingTo(platform) },
  });
  onTestFinished(() => lambda.close());
  await (await lambda.invoke({ way: 'answers' })).settled;

  const result = await lambda.invoke({ way: 'isSlow', waitMs });
  await result.settled;
  const [early, ...others] = reportsOf(platform, { awsRequestId: result.requestId });
  await follows(lambda);

  expect(result).toMatchObject({ kind: 'response', body: '"just in time"' });
  expect([early, others]).toMatchObject([
    { is_success: false, result: expect.stringContaining('timed out') },
    [],
  ]);
  const record = (): unknown => platform.tasks().find(({ id }) => id === result.requestId);
  await expect.poll(record).toMatchObject({ status: 'completed', result: 'just in time' });
});
