import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { InvocationResult } from './invocation-result.ts';
import { type Lambda, type LambdaOptions, startLambda } from './lambda.ts';

test('several events run at once in several threads', async () => {
  const lambda = await start({ maxConcurrency: 4, workers: 2 });
  const isNext = ({ what }: { what: string }): boolean => what === 'runtime-next';
  await vi.waitFor(() => expect(lambda.timeline.filter(isNext)).toHaveLength(2));

  const results = await Promise.all(
    ['a', 'b', 'c', 'd'].map((text) => lambda.invoke({ ms: 300, text }, { requestId: text })),
  );

  const answers = results.map(answerOf);
  expect(answers.map(({ text }) => text)).toEqual(['a', 'b', 'c', 'd']);
  expect(answers.map(({ awsRequestId }) => awsRequestId)).toEqual(['a', 'b', 'c', 'd']);
  expect(new Set(answers.map(({ threadId }) => threadId)).size).toBe(2);
  expect(Math.max(...answers.map(({ most = 0 }) => most))).toBeGreaterThan(1);
});

test('not more events run at once than allowed', async () => {
  const lambda = await start({ maxConcurrency: 1, workers: 1 });

  const results = await Promise.all([1, 2, 3].map(() => lambda.invoke({ ms: 20 })));

  expect(results.map((result) => answerOf(result).most)).toEqual([1, 1, 1]);
});

test('an error is that of its own event', async () => {
  const lambda = await start({ maxConcurrency: 2, workers: 1 });

  const results = await Promise.all([
    lambda.invoke({ ms: 50, fail: true }),
    lambda.invoke({ ms: 50, text: 'fine' }),
  ]);

  expect(results).toMatchObject([{ kind: 'error', errorType: 'RangeError' }, { kind: 'response' }]);
});

test('a timeout is the caller’s only: the function goes on', async () => {
  const lambda = await start({ maxConcurrency: 2, workers: 1 }, { timeoutMs: 300 });
  const { pid } = lambda;

  const result = await lambda.invoke({ ms: 600 }, { requestId: 'late' });
  await vi.waitFor(() => expect(lambda.logs.join()).toContain('working on late'));
  const next = await lambda.invoke({});

  expect(result).toMatchObject({ kind: 'timeout', errorType: 'Sandbox.Timedout' });
  expect(next.kind).toBe('response');
  expect(lambda.pid).toBe(pid);
});

test('nothing is frozen and an extension may not ask for INVOKE', async () => {
  const lambda = await start({ maxConcurrency: 2, workers: 1 }, { handler: 'extension.handler' });

  const result = await lambda.invoke({});

  expect(JSON.stringify(answerOf(result).registered)).toContain('Extension.InvalidEventType');
  expect(lambda.timeline.map(({ what }) => what)).not.toContain('freeze');
});

test('a process that ends fails every event that it works on', async () => {
  const lambda = await start({ maxConcurrency: 2, workers: 1 });
  const running = [lambda.invoke({ ms: 20_000 }), lambda.invoke({ ms: 20_000 })];
  await vi.waitFor(() => {
    const released = lambda.timeline.filter(({ what }) => what === 'event-to-runtime');
    expect(released).toHaveLength(2);
  });

  process.kill(lambda.pid ?? 0, 'SIGKILL');

  expect(await Promise.all(running)).toMatchObject([{ kind: 'exit' }, { kind: 'exit' }]);
});

test('after the end of its process an environment starts once, whoever invokes it', async () => {
  const lambda = await start({ maxConcurrency: 3, workers: 1 });
  const running = [1, 2, 3].map(() => lambda.invoke({ ms: 20_000 }));
  await vi.waitFor(() => {
    const released = lambda.timeline.filter(({ what }) => what === 'event-to-runtime');
    expect(released).toHaveLength(3);
  });
  process.kill(lambda.pid ?? 0, 'SIGKILL');
  await Promise.all(running);

  const results = await Promise.all([1, 2, 3].map(() => lambda.invoke({ ms: 10 })));

  expect(results.map(({ kind }) => kind)).toEqual(['response', 'response', 'response']);
  expect(lambda.timeline.filter(({ what }) => what === 'process-start')).toHaveLength(2);
});

interface Answer {
  readonly awsRequestId?: string;
  readonly text?: string;
  readonly most?: number;
  readonly threadId?: number;
  readonly registered?: unknown;
}

async function start(
  managedInstances: NonNullable<LambdaOptions['managedInstances']>,
  options: Partial<LambdaOptions> = {},
): Promise<Lambda> {
  const lambda = await startLambda({
    handler: 'concurrent.handler',
    taskRoot: fileURLToPath(new URL('handlers', import.meta.url)),
    timeoutMs: 20_000,
    memoryMb: 512,
    managedInstances,
    ...options,
  });
  onTestFinished(lambda.close);
  return lambda;
}

function answerOf(result: InvocationResult): Answer {
  if (result.kind !== 'response') throw new Error(`It ended with ${result.kind}.`);
  return JSON.parse(result.body) as Answer;
}
