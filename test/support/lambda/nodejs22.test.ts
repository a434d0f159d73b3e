/** What the runtime client of Node.js 22 does otherwise than that of Node.js 24. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lambda, startLambda } from './lambda.ts';

const taskRoot = fileURLToPath(new URL('handlers', import.meta.url));
const runtime = 'nodejs22.x';
const timeoutMs = 20_000;

let lambda: Lambda;
beforeAll(async () => {
  lambda = await startLambda({ runtime, handler: 'outcomes.handler', taskRoot, timeoutMs });
});
afterAll(() => lambda.close());

test('it is the third version on Node.js 22', async () => {
  const { runtimeClient } = lambda;
  const { body } = Object(await lambda.invoke({ outcome: 'environment' }));

  expect(runtimeClient.description).toMatch(/^aws-lambda-ric 3\.3\.0 on Node\.js 22\.\d+\.\d+, /);
  expect(JSON.parse(body)).toMatchObject({ AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' });
});

test.each([
  ['text', { kind: 'response', body: '"naïve ✓ 🚀"' }],
  ['never', { kind: 'response', body: 'null' }],
  ['throwError', { kind: 'error', errorType: 'ThrottledError' }],
  ['throwNull', { kind: 'error', errorType: 'string', errorMessage: 'handled' }],
  ['circular', { kind: 'error', errorType: 'Error' }],
  ['reject', { kind: 'error', errorType: 'Runtime.UnhandledPromiseRejection' }],
  ['throwLater', { kind: 'error', errorType: 'Error', errorMessage: 'nobody catches this' }],
  ['exit', { kind: 'exit', exitCode: 3 }],
])('an invocation ends: %s', async (outcome, result) => {
  expect(await lambda.invoke({ outcome })).toMatchObject(result);
});

test.each([
  ['outcomes.withCallback', '"done"'],
  // It is not asynchronous, and it did not call back.
  ['outcomes.synchronous', 'null'],
])('a handler may call back: %s', async (handler, body) => {
  await using other = await startLambda({ runtime, handler, taskRoot, timeoutMs });

  expect(await other.invoke({ text: 'hello' })).toMatchObject({ kind: 'response', body });
});

test('an error while loading is posted', async () => {
  const handler = 'fails-to-load.handler';
  await using failing = await startLambda({ runtime, handler, taskRoot, timeoutMs });

  expect(await failing.invoke({})).toMatchObject({ kind: 'init-error', errorType: 'RangeError' });
});

test('an internal extension registers and is waited for', async () => {
  const handler = 'extension.handler';
  await using extended = await startLambda({ runtime, handler, taskRoot, timeoutMs });

  const result = await extended.invoke({ workMs: 100 });

  expect((await result.settled).extensionOverheadMs).toBeGreaterThan(50);
});

test('a stream arrives with its metadata', async () => {
  const handler = 'streams.handler';
  await using streaming = await startLambda({ runtime, handler, taskRoot, timeoutMs });

  expect(await streaming.invoke({ stream: 'http' })).toMatchObject({
    kind: 'response',
    streamed: true,
    http: { statusCode: 201 },
    body: '<p>created</p>',
  });
});
