/** Handlers on Node.js 22 that respond without a promise. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { withTaskReporter } from '../../src/index.ts';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { lambdaContext } from '../support/lambda-context.ts';
import { reportsOf } from '../support/reports-of.ts';

type Callback = (error?: unknown, value?: unknown) => void;
type CallbackHandler = (
  event: unknown,
  context: ReturnType<typeof lambdaContext>,
  callback: Callback,
) => unknown;

test.each<[string, CallbackHandler, unknown[], object]>([
  [
    'the callback with a value',
    (_event, _context, callback) => void setTimeout(() => callback(null, 'later'), 5),
    [null, 'later'],
    { is_success: true, result: 'later' },
  ],
  [
    'the callback with an error',
    (_event, _context, callback) => callback(new Error('no')),
    [new Error('no')],
    { is_success: false, result: expect.stringMatching(/^Error: no/) },
  ],
  [
    'context.succeed()',
    (_event, context, _callback) => context.succeed('done'),
    ['succeed', 'done'],
    { is_success: true, result: 'done' },
  ],
  [
    'context.fail()',
    (_event, context, _callback) => context.fail('broken'),
    ['fail', 'broken'],
    { is_success: false, result: expect.stringContaining('broken') },
  ],
  [
    'context.done()',
    (_event, context, _callback) => context.done(undefined, 'done'),
    ['done', undefined, 'done'],
    { is_success: true, result: 'done' },
  ],
])('%s is passed to the runtime after the task is reported', async (_, handler, heard, report) => {
  const platform = await local();
  const answers: unknown[][] = [];
  const reported = withTaskReporter(handler, options(platform));

  const answered = new Promise<void>((resolve) => {
    const hear =
      (...name: string[]) =>
      (...answer: unknown[]) => {
        answers.push([...name, ...answer]);
        resolve();
      };
    const context = lambdaContext({ awsRequestId: 'r-1' });
    Object.assign(context, { succeed: hear('succeed'), fail: hear('fail'), done: hear('done') });
    void (reported as CallbackHandler)({}, context, hear());
  });
  await answered;

  expect(answers).toEqual([heard]);
  expect(reportsOf(platform, { awsRequestId: 'r-1' })).toMatchObject([report]);
});

test('all callback calls are passed to the runtime in order, and the first one is reported', async () => {
  const platform = await local();
  const answers: unknown[][] = [];
  const twice: CallbackHandler = (_event, _context, callback) => {
    callback(null, 'first');
    callback(null, 'second');
  };
  const reported = withTaskReporter(twice, options(platform)) as CallbackHandler;

  reported({}, lambdaContext({ awsRequestId: 'r-4' }), (...answer) => answers.push(answer));

  await expect
    .poll(() => answers)
    .toEqual([
      [null, 'first'],
      [null, 'second'],
    ]);
  expect(reportsOf(platform, { awsRequestId: 'r-4' })).toMatchObject([{ result: 'first' }]);
});

test('a returned value is ignored: the task ends when the event loop is empty', async () => {
  const platform = await local();
  const script = fileURLToPath(new URL('./returns-a-value.mjs', import.meta.url));

  const { stdout } = await promisify(execFile)(process.execPath, [script], {
    env: { ...process.env, XPANDER_BASE_URL: platform.url, XPANDER_API_KEY: 'k' },
  });

  expect(stdout).toBe('returned ignored\n');
  expect(platform.tasks('a')).toMatchObject([
    { id: 'r-2', status: 'completed', result: 'null', usedTools: ['late'] },
  ]);
});

test('a promise takes precedence over an unused callback', async () => {
  const platform = await local();
  const reported = withTaskReporter(
    async () => 'by promise',
    options(platform),
  ) as unknown as CallbackHandler;

  const returned = await reported({}, lambdaContext({ awsRequestId: 'r-3' }), () => {});

  expect(returned).toBe('by promise');
  expect(reportsOf(platform, { awsRequestId: 'r-3' })).toMatchObject([{ result: 'by promise' }]);
});

async function local(): Promise<LocalPlatform> {
  const platform = await startLocalPlatform();
  onTestFinished(() => platform.close());
  return platform;
}

function options(platform: LocalPlatform) {
  return { agentId: 'a', apiKey: 'k', baseUrl: platform.url };
}
