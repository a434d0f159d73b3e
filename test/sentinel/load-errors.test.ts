/** Functions that do not even start. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportsOf } from '../support/reports-of.ts';
import { type BuiltSentinel, buildSentinel, startGuarded } from './guarded-function.ts';

let sentinel: BuiltSentinel;
beforeAll(async () => {
  sentinel = await buildSentinel();
});
afterAll(() => sentinel[Symbol.asyncDispose]());

test('a module that cannot be loaded is a failed run of the invocation that wanted it', async () => {
  const { lambda, platform } = await startGuarded(sentinel, { handler: 'load-error.handler' });
  const afterInit = platform.requests().length;

  const result = await lambda.invoke({});
  await result.settled;

  expect(afterInit).toBe(0);
  expect(result).toMatchObject({ kind: 'init-error', errorMessage: 'no configuration' });
  expect(reportsOf(platform, { awsRequestId: result.requestId })).toMatchObject([
    {
      is_success: false,
      result: expect.stringMatching(
        /^LoadError: The function's module could not be loaded: RangeError: no configuration\n\s+at /,
      ),
    },
  ]);
});

test('one that says nothing is reported with what Lambda knows', async () => {
  const { lambda, platform } = await startGuarded(sentinel, { handler: 'fails-to-load.handler' });

  const result = await lambda.invoke({});
  await result.settled;

  expect(reportsOf(platform, { awsRequestId: result.requestId })).toMatchObject([
    {
      is_success: false,
      result: expect.stringMatching(/ended before the handler was called \(RangeError\)/),
    },
  ]);
});
