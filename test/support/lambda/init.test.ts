import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startLambda } from './lambda.ts';

const taskRoot = fileURLToPath(new URL('handlers', import.meta.url));
const timeoutMs = 20_000;

test.each([
  ['fails-to-load.handler', 'RangeError', 'no configuration'],
  ['missing.handler', 'Runtime.ImportModuleError', "Error: Cannot find module 'missing'"],
  ['outcomes.missing', 'Runtime.HandlerNotFound', 'outcomes.missing is undefined or not exported'],
  ['outcomes', 'Runtime.MalformedHandlerName', 'Bad handler'],
  ['outcomes.withCallback', 'Runtime.CallbackHandlerDeprecated', 'ERROR: AWS Lambda has removed'],
])('%s fails with %s', async (handler, errorType, errorMessage) => {
  await using lambda = await startLambda({ handler, taskRoot, timeoutMs });

  const result = await lambda.invoke({});

  expect(result).toMatchObject({
    kind: 'init-error',
    errorType,
    errorMessage: expect.stringContaining(errorMessage),
  });
  expect(JSON.parse(result.payload.toString())).toMatchObject({ errorType });
  expect(await result.settled).toMatchObject({ kind: 'exit', exitCode: 1 });
});

test('an init that failed is repeated by the first invocation', async () => {
  await using lambda = await startLambda({ handler: 'fails-to-load.handler', taskRoot, timeoutMs });
  const isInitError = (line: string): boolean => line.includes('Init Error');

  const before = lambda.logs.filter(isInitError).length;
  const result = await lambda.invoke({});

  expect(before).toBe(1);
  expect(lambda.logs.filter(isInitError)).toHaveLength(2);
  expect(result.logs.filter(isInitError)).toHaveLength(1);
  expect(lambda.initDurationMs).toBeUndefined();
});

test('a process that ends while it loads gives no answer', async () => {
  const handler = 'exits-while-loading.handler';
  await using lambda = await startLambda({ handler, taskRoot, timeoutMs });

  const result = await lambda.invoke({});

  expect(result).toMatchObject({ kind: 'exit', exitCode: 5, errorType: 'Runtime.ExitError' });
});

test('the duration of an init is measured', async () => {
  await using lambda = await startLambda({ handler: 'outcomes.handler', taskRoot });

  expect(lambda.initDurationMs).toBeGreaterThan(0);
});
