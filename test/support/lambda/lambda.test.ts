import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { InvocationResult } from './invocation-result.ts';
import { type Lambda, startLambda } from './lambda.ts';

const taskRoot = fileURLToPath(new URL('handlers', import.meta.url));
/** Far above what a start takes on a busy machine. */
const timeoutMs = 20_000;

let lambda: Lambda;
beforeAll(async () => {
  lambda = await startLambda({ handler: 'outcomes.handler', taskRoot, timeoutMs });
});
afterAll(() => lambda.close());

describe('a handler that answers', () => {
  test('has its result sent as JSON', async () => {
    const result = await lambda.invoke({ outcome: 'text' }, { requestId: 'id-1' });

    expect(await essence(result)).toEqual({
      kind: 'response',
      requestId: 'id-1',
      payload: Buffer.from('"naïve ✓ 🚀"'),
      body: '"naïve ✓ 🚀"',
      contentType: 'application/json',
      streamed: false,
      chunks: [],
      callerLeft: false,
      logs: [],
      settled: 'next',
    });
    expect(result.responseMs).toBeGreaterThan(0);
    expect((await result.settled).doneMs).toBeGreaterThan(result.responseMs);
  });

  test('sends null for undefined', async () => {
    expect(await lambda.invoke({ outcome: 'undefined' })).toMatchObject({ body: 'null' });
  });

  test('may be synchronous', async () => {
    await using synchronous = await startLambda({ handler: 'outcomes.synchronous', taskRoot });

    const result = await synchronous.invoke({ text: 'hello' });

    expect(result).toMatchObject({ kind: 'response', body: '"at once: hello"' });
  });

  test('may send six megabytes and not more', async () => {
    const largest = await lambda.invoke({ outcome: 'bytes', count: 6_291_556 });
    const tooLarge = await lambda.invoke({ outcome: 'bytes', count: 6_291_557 });

    expect(largest.payload).toHaveLength(6_291_556);
    expect(tooLarge).toMatchObject({
      kind: 'error',
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage:
        'Response payload size (6291557 bytes) exceeded maximum allowed payload size (6291556 bytes).',
    });
  });

  test('gets the same request id again, as after a retry', async () => {
    const first = await lambda.invoke({ outcome: 'answer' }, { requestId: 'retried' });
    const second = await lambda.invoke({ outcome: 'answer' }, { requestId: 'retried' });

    expect([first, second].map(answerOf)).toMatchObject([
      { requestId: 'retried' },
      { requestId: 'retried' },
    ]);
  });

  test('takes one event after another', async () => {
    const events = [{ number: 1 }, { number: 2 }, { number: 3 }];

    const results = await Promise.all(
      events.map((event) => lambda.invoke({ outcome: 'answer', ...event })),
    );

    expect(results.map((result) => answerOf(result).event)).toMatchObject(events);
  });
});

describe('a handler that throws', () => {
  test('has its error sent with name, message and stack', async () => {
    const result = await lambda.invoke({ outcome: 'throwError' });

    if (result.kind !== 'error') throw new Error(`It ended with ${result.kind}.`);
    expect(result).toMatchObject({ errorType: 'ThrottledError', errorMessage: 'naïve ✓' });
    expect(result.trace[0]).toBe('ThrottledError: naïve ✓');
    expect(result.trace[1]).toContain('outcomes.mjs');
    expect(JSON.parse(result.payload.toString())).toEqual({
      errorType: result.errorType,
      errorMessage: result.errorMessage,
      trace: result.trace,
    });
    expect(JSON.parse(result.xrayCause ?? '')).toMatchObject({
      working_directory: taskRoot,
      exceptions: [{ type: 'ThrottledError', message: 'naïve ✓' }],
    });
    expect(await result.settled).toMatchObject({ kind: 'next' });
  });

  test.each([
    ['throwObject', { errorType: 'object', errorMessage: '[object Object]', trace: [] }],
    ['throwNull', { errorType: 'object', errorMessage: 'null', trace: [] }],
    ['circular', { errorType: 'Runtime.JSONStringifyError' }],
  ])('has an error made of it: %s', async (outcome, error) => {
    expect(await lambda.invoke({ outcome })).toMatchObject({ kind: 'error', ...error });
  });
});

describe('a process that ends', () => {
  test.each([
    ['exit', { exitCode: 3, signal: null }, 'Runtime exited with error: exit status 3'],
    ['kill', { exitCode: null, signal: 'SIGKILL' }, 'Runtime exited with error: signal: killed'],
    ['never', { exitCode: 0, signal: null }, 'Runtime exited without providing a reason'],
  ])('gives no answer: %s', async (outcome, exit, reason) => {
    const result = await lambda.invoke({ outcome }, { requestId: 'id-1' });

    expect(await essence(result)).toEqual({
      kind: 'exit',
      requestId: 'id-1',
      ...exit,
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: id-1 Error: ${reason}`,
      trace: [],
      payload: Buffer.alloc(0),
      logs: [],
      settled: 'exit',
    });
    expect(lambda.pid).toBeUndefined();
  });

  test.each([
    ['reject', 'Error: nobody waits for this'],
    ['throwLater', 'Error: nobody catches this'],
  ])('has written why: %s', async (outcome, reason) => {
    const result = await lambda.invoke({ outcome });

    expect(result).toMatchObject({ kind: 'exit', exitCode: 1 });
    expect(result.logs).toContain(reason);
  });

  test('may do so between two events', async () => {
    await using awake = await startLambda({ handler: 'outcomes.handler', taskRoot, freeze: false });
    const before = await awake.invoke({ outcome: 'killLater' });
    await vi.waitFor(() => expect(awake.pid).toBeUndefined());

    const after = await awake.invoke({ outcome: 'text' });

    expect(await before.settled).toMatchObject({ kind: 'next' });
    expect(after.kind).toBe('response');
  });

  test('is followed by a new one at the next event', async () => {
    const before = answerOf(await lambda.invoke({ outcome: 'answer' }));
    await lambda.invoke({ outcome: 'exit' });

    const after = answerOf(await lambda.invoke({ outcome: 'answer' }));

    expect(after.pid).not.toBe(before.pid);
    expect(after.pid).toBe(lambda.pid);
  });
});

test('a handler that takes too long is killed', async () => {
  await using short = await startLambda({ handler: 'outcomes.handler', taskRoot, timeoutMs: 500 });

  const result = await short.invoke({ outcome: 'block' }, { requestId: 'id-1' });

  expect(await essence(result)).toEqual({
    kind: 'timeout',
    requestId: 'id-1',
    errorType: 'Sandbox.Timedout',
    errorMessage: 'RequestId: id-1 Error: Task timed out after 0.50 seconds',
    trace: [],
    payload: Buffer.alloc(0),
    logs: [expect.stringContaining('blocking')],
    settled: 'timeout',
  });
  expect(result.responseMs).toBeGreaterThan(499);
  expect(short.pid).toBeUndefined();
});

test('logs belong to the invocation that wrote them', async () => {
  const silent = await lambda.invoke({ outcome: 'text' });
  const result = await lambda.invoke({ outcome: 'log' }, { requestId: 'id-1' });
  await result.settled;

  expect(silent.logs).toEqual([]);
  expect(result.logs.map(withoutTime)).toEqual(['id-1\tINFO\ttwo\rlines', 'id-1\tERROR\tone more']);
  expect(lambda.logs.slice(-2)).toEqual(result.logs);
});

test('the context holds what the platform sent', async () => {
  const result = await lambda.invoke(
    { outcome: 'context' },
    { requestId: 'id-1', clientContext: { custom: { name: 'naïve ✓' } }, tenantId: 'tenant-1' },
  );

  const { remainingMs, xRayTraceId, ...context } = answerOf(result);
  expect(context).toEqual({
    awsRequestId: 'id-1',
    clientContext: { custom: { name: 'naïve ✓' } },
    functionName: 'sample-agent',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:sample-agent',
    logGroupName: '/aws/lambda/sample-agent',
    logStreamName: '2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef',
    memoryLimitInMB: '128',
    tenantId: 'tenant-1',
  });
  expect(xRayTraceId).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
  expect(remainingMs).toBeGreaterThan(0);
  expect(remainingMs).toBeLessThanOrEqual(timeoutMs);
});

test("the process gets Lambda's variables and the function's, none of ours", async () => {
  vi.stubEnv('OF_THE_TEST', 'not for functions');
  const environment = { XPANDER_AGENT_ID: 'agent-1', AWS_REGION: 'eu-west-1' };
  const configured = await startLambda({ handler: 'outcomes.handler', taskRoot, environment });
  onTestFinished(configured.close);

  const variables = answerOf(await configured.invoke({ outcome: 'environment' }));

  expect(variables).toMatchObject({
    ...environment,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_RUNTIME_API: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    LAMBDA_TASK_ROOT: taskRoot,
    _HANDLER: 'outcomes.handler',
  });
  expect(variables).not.toHaveProperty('OF_THE_TEST');
});

test("the process gets the runtime's flags and the function's", async () => {
  await using configured = await startLambda({
    handler: 'outcomes.handler',
    taskRoot,
    memoryMb: 256,
    nodeArguments: ['--stack-trace-limit=5'],
  });

  expect(answerOf(await configured.invoke({ outcome: 'flags' }))).toEqual([
    '--expose-gc',
    '--max-http-header-size',
    '81920',
    '--max-semi-space-size=12',
    '--max-old-space-size=231',
    '--no-experimental-require-module',
    '--stack-trace-limit=5',
  ]);
});

test('a folder that is missing is named in the log', async () => {
  await using lost = await startLambda({ handler: 'outcomes.handler', taskRoot: '/nowhere' });

  const result = await lost.invoke({});

  expect(result).toMatchObject({ kind: 'exit', exitCode: 127 });
  expect(result.logs).toEqual([expect.stringContaining("The function's process did not start")]);
});

test('closing ends the process in the middle of an invocation', async () => {
  const closing = await startLambda({ handler: 'outcomes.handler', taskRoot, timeoutMs });
  const running = closing.invoke({ outcome: 'block' });
  await vi.waitFor(() => expect(closing.logs.join()).toContain('blocking'));
  const waiting = closing.invoke({ outcome: 'text' });
  void waiting.catch(() => {});

  await closing.close();

  expect(await running).toMatchObject({ kind: 'exit', signal: 'SIGKILL' });
  await expect(waiting).rejects.toThrow('The function was closed before its turn came.');
});

/** What the handler sends, which depends on the outcome. */
interface Answer {
  readonly event?: unknown;
  readonly pid?: number;
  readonly remainingMs?: number;
  readonly xRayTraceId?: string;
}

/** A result as a plain value, without its times. */
async function essence(result: InvocationResult): Promise<Record<string, unknown>> {
  const { settled, responseMs: _, ...rest } = result;
  return { ...rest, settled: (await settled).kind };
}

function answerOf(result: InvocationResult): Answer {
  if (result.kind !== 'response') throw new Error(`It ended with ${result.kind}.`);
  return JSON.parse(result.body) as Answer;
}

function withoutTime(line: string): string {
  return line.replace(/^\S+\t/, '');
}
