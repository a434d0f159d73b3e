/** Many invocations in a row that each end their process: none of them is forgotten. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { reportsOf } from '../support/reports-of.ts';
import { deployFamily } from './deploy-family.ts';
import type { Ending } from './ending.ts';
import { harmless } from './family.ts';
import { handlersFamily } from './handlers-family.ts';
import { layer, wrapper } from './modules.ts';
import { startEnvironment } from './observed-environment.ts';

const deaths: Readonly<Record<string, string>> = {
  exit: '() => process.exit(1)',
  kill: "() => { process.kill(process.pid, 'SIGKILL'); for (;;); }",
  error:
    "async () => { setImmediate(() => { throw new RangeError('uncaught'); }); await sleep(60_000); }",
};
const family = handlersFamily(
  'deaths',
  Object.entries(deaths).map(
    ([name, handler]): Ending => ({ name, handler, gives: {}, report: { isSuccess: false } }),
  ),
);
const row = Array.from({ length: 4 }, () => Object.keys(deaths)).flat();

const cells = [wrapper, layer].flatMap((attachment) =>
  [0, 200].map((latencyMs) => ({ attachment, latencyMs })),
);

describe.each(['nodejs24.x', 'nodejs22.x'] as const)('%s', (runtime) => {
  test.each(cells)('$latencyMs ms to the platform, with $attachment.name', async (cell) => {
    const { attachment, latencyMs } = cell;
    const { taskRoot, [Symbol.asyncDispose]: remove } = await deployFamily(family);
    onTestFinished(remove);
    await using environment = await startEnvironment({
      ...{ taskRoot, runtime, attachment, isReported: true },
    });

    if (latencyMs > 0) environment.platform.setFaults({ kind: 'latency', ms: latencyMs });

    const ids: string[] = [];
    for (const way of row) ids.push((await environment.invoke({ way })).requestId);
    await environment.invoke(harmless);

    const reported = ids.map((awsRequestId) =>
      reportsOf(environment.platform, { awsRequestId }).map(({ is_success }) => is_success),
    );
    expect(reported).toEqual(row.map(() => [false]));
  });
});
