/** Handlers in Lambda's real runtime client: with the reporter a caller gets what it gets without. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import type { InvocationResult } from '../support/lambda/invocation-result.ts';
import type { Lambda } from '../support/lambda/lambda.ts';
import { seenByCaller } from '../support/lambda/seen-by-caller.ts';
import { reportsOf } from '../support/reports-of.ts';
import { reportingTo, startSample } from '../support/sample-function.ts';

let platform: LocalPlatform;
beforeAll(async () => {
  platform = await startLocalPlatform();
});
afterAll(() => platform.close());

const start = (handler: string, environment: Record<string, string> = {}): Promise<Lambda> =>
  startSample(handler, { ...reportingTo(platform), ...environment });

describe.each([
  { delivery: 'after-response', bare: 'shapes.bare', reported: 'shapes.wrapped' },
  { delivery: 'after-response', bare: 'shapes.middyBare', reported: 'shapes.middyReported' },
  { delivery: 'in-band', bare: 'shapes.bare', reported: 'shapes.wrapped' },
  { delivery: 'in-band', bare: 'shapes.middyBare', reported: 'shapes.middyReported' },
])('$reported, $delivery', (pair) => {
  let bare: Lambda;
  let reported: Lambda;
  beforeAll(async () => {
    const environment = { XPANDER_DELIVERY: pair.delivery };
    [bare, reported] = await Promise.all([start(pair.bare), start(pair.reported, environment)]);
    return () => Promise.all([bare.close(), reported.close()]);
  });

  test.each<[string, object | null]>([
    ['text', { is_success: true, result: 'plain text' }],
    ['object', { is_success: true, result: '{"echoed":{"shape":"object"}}' }],
    ['undefined', { is_success: true, result: null }],
    ['null', { is_success: true, result: 'null' }],
    ['synchronous', { is_success: true, result: '{"now":true}' }],
    ['thenable', { is_success: true }],
    ['http', { is_success: true }],
    ['serverError', { is_success: false, result: '{"statusCode":502,"body":"upstream"}' }],
    ['batch', { is_success: false }],
    ['large', { is_success: true, result: expect.stringMatching(/^word word .*cut/) }],
    ['unicode', { is_success: true, result: '{"emoji":"🦊","lone":"�"}' }],
    [
      'rejects',
      { is_success: false, result: expect.stringMatching(/^QuotaError: no tokens left/) },
    ],
    ['throws', { is_success: false, result: expect.stringMatching(/^RangeError: at once/) }],
    [
      'throwsDeeply',
      { is_success: false, result: expect.stringMatching(/^QuotaError: deep down/) },
    ],
    ['throwsNull', { is_success: false, result: 'null' }],
    ['throwsText', { is_success: false, result: expect.stringContaining('just a text') }],
    ['throwsObject', { is_success: false, result: expect.stringContaining('42') }],
    ['logs', { is_success: true, result: 'logged' }],
    // What ends the process is reported by the next one.
    ['exits', null],
  ])('%s', async (shape, report) => {
    const without = await bare.invoke({ shape });
    const withReporter = await reported.invoke({ shape });

    expect(seenByCaller(withReporter)).toEqual(seenByCaller(without));
    await withReporter.settled;
    const reports = reportsOf(platform, { awsRequestId: withReporter.requestId });
    if (report === null) expect(reports).toEqual([]);
    else expect(reports).toMatchObject([{ ...report, input: JSON.stringify({ shape }) }]);
  });

  test.each(['cycle', 'bigint'])(
    '%s: the caller gets an error, and so says the report',
    async (shape) => {
      const without = await bare.invoke({ shape });
      const withReporter = await reported.invoke({ shape });

      expect(seenByCaller(withReporter)).toEqual(seenByCaller(without));
      await withReporter.settled;
      const { awsRequestId, errorType } = errorOf(withReporter);
      const failed = {
        is_success: false,
        result: expect.stringMatching(`^${errorType}: `),
        input: JSON.stringify({ shape }),
      };
      // A response that waits for its report has been reported before the runtime finds the error.
      const first = pair.delivery === 'in-band' ? [{ is_success: true }] : [];
      expect(reportsOf(platform, { awsRequestId })).toMatchObject([...first, failed]);
    },
  );

  test('the handler logs as before, and nothing is added', async () => {
    const without = await bare.invoke({ shape: 'logs' });
    const withReporter = await reported.invoke({ shape: 'logs' });
    await Promise.all([without.settled, withReporter.settled]);

    expect(linesOf(withReporter)).toEqual(linesOf(without));
  });
});

test('a handler with three parameters is refused by Node 24 with the reporter as without', async () => {
  await using lambda = await start('shapes.threeParameters');

  const result = await lambda.invoke({});

  expect(result).toMatchObject({
    kind: 'init-error',
    errorType: 'Runtime.CallbackHandlerDeprecated',
  });
});

test('tokens and tools of a run in the runtime', async () => {
  await using lambda = await start('shapes.agent');

  const result = await lambda.invoke({ question: 'why?' });

  await result.settled;
  expect(reportsOf(platform, { awsRequestId: result.requestId })).toMatchObject([
    {
      result: 'answer to why?',
      tokens: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
      used_tools: ['web_search'],
    },
  ]);
});

test('the same request id again, as Lambda retries an asynchronous event: one record', async () => {
  await using lambda = await start('shapes.wrapped');
  const requestId = crypto.randomUUID();

  await (await lambda.invoke({ shape: 'rejects' }, { requestId })).settled;
  await (await lambda.invoke({ shape: 'text' }, { requestId })).settled;

  expect(platform.tasks('agent-123').filter(({ id }) => id === requestId)).toMatchObject([
    { status: 'completed', result: 'plain text', reportCount: 2 },
  ]);
});

test('with reportStart the record is there while the handler runs, and the end never loses', async () => {
  await using lambda = await start('agent.retried');
  const requestId = crypto.randomUUID();

  await (await lambda.invoke({ rows: 412 }, { requestId })).settled;
  await (await lambda.invoke({ rows: 412 }, { requestId })).settled;

  expect(
    reportsOf(platform, { awsRequestId: requestId }).map(
      ({ result }) => String(result).split('\n')[0],
    ),
  ).toEqual(['null', 'Error: The warehouse is warming up', 'null', '{"extracted":412}']);
});

test('the kill switch leaves the handler as it is', async () => {
  await using lambda = await start('shapes.wrapped', { XPANDER_DISABLED: 'true' });

  const result = await lambda.invoke({ shape: 'text' });

  await result.settled;
  expect(result).toMatchObject({ kind: 'response', body: '"plain text"' });
  expect(reportsOf(platform, { awsRequestId: result.requestId })).toEqual([]);
});

function errorOf(result: InvocationResult): { awsRequestId: string; errorType: string } {
  if (result.kind !== 'error') throw new Error(`The caller got no error but a ${result.kind}.`);
  return { awsRequestId: result.requestId, errorType: result.errorType };
}

function linesOf({ logs, requestId }: InvocationResult): string[] {
  return logs.map((line) => line.replace(requestId, '').replace(/^\S+Z/, ''));
}
