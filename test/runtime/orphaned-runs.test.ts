/** Runs that end without an answer: nothing about them changes, and they are reported. */

import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import type { InvocationResult } from '../support/lambda/invocation-result.ts';
import { type Lambda, startLambda } from '../support/lambda/lambda.ts';
import { seenByCaller } from '../support/lambda/seen-by-caller.ts';
import { reportsOf } from '../support/reports-of.ts';
import { reportingTo } from '../support/sample-function.ts';
import { shortTimeoutMs, timeoutOf } from '../support/timeout-of.ts';

describe.each(['after-response', 'in-band'])('%s', (delivery) => {
  test.each<[string, object]>([
    ['exitsAtOnce', { result: expect.stringMatching(/exited with code 3 before/) }],
    ['exits', { result: expect.stringMatching(/exited with code 0 before/) }],
    [
      'exitsLate',
      {
        result: expect.stringMatching(/exited with code 3 before/),
        input: '{"way":"exitsLate"}',
        used_tools: ['search'],
        tokens: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
      },
    ],
    ['neverSettles', { result: expect.stringMatching(/ended without a response: nothing/) }],
    ['throwsElsewhere', { result: expect.stringMatching(/RangeError: out of nowhere\n\s+at /) }],
    ['rejectsElsewhere', { result: expect.stringMatching(/TypeError: nobody listens\n\s+at /) }],
    ['runsOutOfMemory', { result: expect.stringMatching(/killed.*lack of memory/) }],
    ['isKilled', { result: expect.stringMatching(/killed before Lambda had a response/) }],
    ['blocks', { result: expect.stringMatching(/timed out after 2\.[45] s/) }],
  ])('%s: the next process of the environment reports it', async (way, expected) => {
    const environment = { XPANDER_DELIVERY: delivery };
    const { bare, lambda, platform } = await setUp({ environment, timeoutMs: timeoutOf(way) });

    const [without, lost] = await Promise.all([bare.invoke({ way }), lambda.invoke({ way })]);
    expect(seenByCaller(lost)).toEqual(seenByCaller(without));
    expect(reportsOf(platform, { awsRequestId: lost.requestId })).toEqual([]);
    const next = await invoke(lambda, { way: 'answers' });

    expect(next).toMatchObject({ kind: 'response', body: '"here I am"' });
    expect(reportsOf(platform, { awsRequestId: lost.requestId })).toMatchObject([
      { is_success: false, ...expected },
    ]);
    expect(reportsOf(platform, { awsRequestId: next.requestId })).toMatchObject([
      { is_success: true },
    ]);
  });

  test('a run that hangs is reported before its time is over', async () => {
    const environment = { XPANDER_DELIVERY: delivery };
    const { lambda, platform } = await setUp({ environment, timeoutMs: shortTimeoutMs });

    const hung = await lambda.invoke({ way: 'hangs' });

    expect(hung).toMatchObject({ kind: 'timeout' });
    const reports = reportsOf(platform, { awsRequestId: hung.requestId });
    expect(reports).toMatchObject([
      {
        is_success: false,
        result: expect.stringMatching(/^TimeoutError: timed out: still running \d+ ms before/),
        input: '{"way":"hangs"}',
        used_tools: ['search'],
      },
    ]);
    // The next process knows that this is done.
    await invoke(lambda, { way: 'answers' });
    expect(reportsOf(platform, { awsRequestId: hung.requestId })).toHaveLength(1);
  });

  test('an answer in the last moment replaces that', async () => {
    const environment = { XPANDER_DELIVERY: delivery };
    const { lambda, platform } = await setUp({ environment, timeoutMs: shortTimeoutMs });

    const late = await invoke(lambda, { way: 'isSlow', waitMs: shortTimeoutMs - 150 });

    expect(late).toMatchObject({ kind: 'response', body: '"just in time"' });
    await invoke(lambda, { way: 'answers' });
    expect(reportsOf(platform, { awsRequestId: late.requestId }).at(-1)).toMatchObject({
      is_success: true,
      result: 'just in time',
    });
  });
});

test('a later attempt that has finished elsewhere is not overwritten', async () => {
  const { lambda, platform, another } = await setUp();
  const requestId = 'c0ffee00-0000-4000-8000-000000000002';
  await lambda.invoke({ way: 'exits' }, { requestId });
  await using elsewhere = await another();

  await (await elsewhere.invoke({ way: 'answers' }, { requestId })).settled;
  await invoke(lambda, { way: 'answers' });

  expect(reportsOf(platform, { awsRequestId: requestId })).toMatchObject([{ is_success: true }]);
});

test('nor is one that finishes in the same environment', async () => {
  const { lambda, platform } = await setUp();
  const requestId = 'c0ffee00-0000-4000-8000-000000000003';

  await lambda.invoke({ way: 'exits' }, { requestId });
  await (await lambda.invoke({ way: 'answers' }, { requestId })).settled;
  await invoke(lambda, { way: 'answers' });

  expect(reportsOf(platform, { awsRequestId: requestId }).at(-1)).toMatchObject({
    is_success: true,
  });
});

test('a lost run waits until the platform is there', async () => {
  const { lambda, platform } = await setUp();
  const lost = await lambda.invoke({ way: 'exits' });
  platform.setFaults({ kind: 'status', status: 503, calls: 'all' });
  await invoke(lambda, { way: 'answers' });
  platform.setFaults(undefined);

  // The circuit breaker lets a first one through after a second.
  const arrived = async (): Promise<number> => {
    await invoke(lambda, { way: 'answers' });
    return reportsOf(platform, { awsRequestId: lost.requestId }).length;
  };
  await expect.poll(arrived, { timeout: 10_000 }).toBe(1);

  expect(platform.tasks().find(({ id }) => id === lost.requestId)).toMatchObject({
    status: 'failed',
  });
});

test('an error of the init is the one that it is without a reporter', async () => {
  const { start } = await setUp();
  await using lambda = await start('fails-to-load.handler');

  const result = await lambda.invoke({});

  expect(result).toMatchObject({
    kind: 'init-error',
    errorType: 'RangeError',
    errorMessage: 'no configuration',
  });
});

interface Stage {
  readonly platform: LocalPlatform;
  readonly bare: Lambda;
  readonly lambda: Lambda;
  readonly start: (handler: string) => Promise<Lambda>;
  /** A second environment of the same function. */
  readonly another: () => Promise<Lambda>;
}

async function setUp({
  environment = {},
  timeoutMs = timeoutOf('answers'),
}: {
  readonly environment?: Record<string, string>;
  readonly timeoutMs?: number;
} = {}): Promise<Stage> {
  const platform = await startLocalPlatform();
  onTestFinished(() => platform.close());
  const start = (handler: string): Promise<Lambda> =>
    startLambda({
      handler,
      taskRoot: fileURLToPath(new URL('../functions', import.meta.url)),
      timeoutMs,
      memoryMb: 128,
      environment: { XPANDER_AGENT_ID: 'agent-123', ...reportingTo(platform), ...environment },
    });
  const [bare, lambda] = await Promise.all([start('lost.bare'), start('lost.wrapped')]);
  onTestFinished(() => bare.close());
  onTestFinished(() => lambda.close());
  return { platform, bare, lambda, start, another: () => start('lost.wrapped') };
}

async function invoke(lambda: Lambda, event: object): Promise<InvocationResult> {
  const result = await lambda.invoke(event);
  await result.settled;
  return result;
}
