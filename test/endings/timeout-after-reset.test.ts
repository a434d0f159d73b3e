/** An init within an invocation takes from its time, but not from the limit that a report names. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { reportsOf } from '../support/reports-of.ts';
import { deployFamily } from './deploy-family.ts';
import type { Ending } from './ending.ts';
import { harmless } from './family.ts';
import { handlersFamily } from './handlers-family.ts';
import { layer, wrapper } from './modules.ts';
import { startEnvironment } from './observed-environment.ts';

const ways: Readonly<Record<string, string>> = {
  kill: "async () => { process.kill(process.pid, 'SIGKILL'); await sleep(60_000); }",
  hang: 'async () => { await sleep(60_000); }',
};
const family = handlersFamily(
  'a slow init',
  Object.entries(ways).map(
    ([name, handler]): Ending => ({ name, handler, gives: {}, report: { isSuccess: false } }),
  ),
  'await sleep(700);',
);

describe.each([false, true])('sentinel: %s', (hasSentinel) => {
  describe.each(['nodejs24.x', 'nodejs22.x'] as const)('%s', (runtime) => {
    test.each([wrapper, layer])('the limit is named, with $name', async (attachment) => {
      const { taskRoot, [Symbol.asyncDispose]: remove } = await deployFamily(family);
      onTestFinished(remove);
      await using environment = await startEnvironment({
        ...{ taskRoot, runtime, attachment, hasSentinel, isReported: true, timeoutMs: 2_500 },
      });

      await environment.invoke({ way: 'kill' });
      const { requestId, result } = await environment.invoke({ way: 'hang' });
      await environment.invoke(harmless);

      expect(result).toMatchObject({ kind: 'timeout' });
      expect(reportsOf(environment.platform, { awsRequestId: requestId })).toMatchObject([
        { is_success: false, result: expect.stringContaining('limit of 2.5 s') },
      ]);
    });
  });
});
