/** Reports that leave through the sentinel: when, and what happens when they cannot. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { reportsOf } from '../support/reports-of.ts';
import { type BuiltSentinel, buildSentinel, startGuarded } from './guarded-function.ts';

let sentinel: BuiltSentinel;
beforeAll(async () => {
  sentinel = await buildSentinel();
});
afterAll(() => sentinel[Symbol.asyncDispose]());

const delivered = /was reported/;
const debug = { XPANDER_LOG_LEVEL: 'debug' };

describe.each(['after-response', 'in-band'])('%s', (delivery) => {
  test('neither the caller nor the function waits for the platform', async () => {
    const platform = await startLocalPlatform({ faults: { kind: 'latency', ms: 600 } });
    onTestFinished(() => platform.close());
    const { lambda } = await startGuarded(sentinel, {
      platform,
      environment: { ...debug, XPANDER_DELIVERY: delivery },
    });

    const result = await lambda.invoke({ way: 'answers' });
    const stored = platform.tasks();
    const { doneMs } = await result.settled;

    expect(result).toMatchObject({ kind: 'response', body: '"here I am"' });
    expect(stored).toEqual([]);
    expect(doneMs).toBeGreaterThan(600);
    expect(reportsOf(platform, { awsRequestId: result.requestId })).toMatchObject([
      { is_success: true, result: 'here I am', input: '{"way":"answers"}' },
    ]);
    // It says so in the log of the sentinel, not in that of the invocation.
    expect(result.logs.filter((line) => delivered.test(line))).toEqual([]);
    expect(lambda.logs.filter((line) => delivered.test(line))).toHaveLength(1);
  });
});

test('the start of a run is reported before its end', async () => {
  const { lambda, platform } = await startGuarded(sentinel, {
    environment: { XPANDER_REPORT_START: 'true' },
  });

  const result = await lambda.invoke({ way: 'isSlow', waitMs: 300 });
  await result.settled;

  const reports = reportsOf(platform, { awsRequestId: result.requestId });
  expect(reports).toMatchObject([{ result: null }, { result: 'just in time' }]);
});

test('while many invocations follow each other, one is reported during the next', async () => {
  const platform = await startLocalPlatform({ faults: { kind: 'latency', ms: 150 } });
  onTestFinished(() => platform.close());
  const { lambda } = await startGuarded(sentinel, { platform });
  const overheads: number[] = [];

  for (let count = 0; count < 14; count += 1) {
    const result = await lambda.invoke({ way: 'isSlow', waitMs: 20 });
    const { doneMs } = await result.settled;
    overheads.push(doneMs - result.responseMs);
  }
  const waiting = 14 - platform.tasks().length;
  await lambda.shutdown();

  expect(overheads.slice(0, 5).every((ms) => ms > 100)).toBe(true);
  expect(overheads.slice(-3).every((ms) => ms < 100)).toBe(true);
  expect(waiting).toBeGreaterThan(0);
  expect(platform.tasks()).toHaveLength(14);
  expect(lambda.timeline.at(-1)).toMatchObject({ what: 'exit', detail: '0' });
});

test('periodically: some at once, and the rest at the end', async () => {
  const { lambda, platform } = await startGuarded(sentinel, {
    environment: { XPANDER_SENTINEL_FLUSH: 'periodic' },
  });

  for (let count = 0; count < 3; count += 1) {
    await (await lambda.invoke({ way: 'answers' })).settled;
  }
  const early = platform.tasks().length;
  await lambda.shutdown();

  expect(early).toBe(1);
  expect(platform.tasks()).toHaveLength(3);
});

test('a platform that hangs costs the budget once, and what waits is written into the log', async () => {
  const platform = await startLocalPlatform({ faults: { kind: 'hang', calls: 'all' } });
  onTestFinished(() => platform.close());
  const { lambda } = await startGuarded(sentinel, {
    platform,
    timeoutMs: 10_000,
    environment: { XPANDER_BUDGET_MS: '400' },
  });
  const times: number[] = [];

  const ids: string[] = [];
  for (let count = 0; count < 6; count += 1) {
    const result = await lambda.invoke({ way: 'answers' });
    ids.push(result.requestId);
    times.push((await result.settled).doneMs);
  }
  await lambda.shutdown();

  expect(Math.max(...times)).toBeLessThan(2_000);
  const lines = lambda.logs.filter((line) => line.includes('undelivered report'));
  expect(ids.filter((id) => !lines.some((line) => line.includes(id)))).toEqual([]);
});

test.each([
  ['no key', { XPANDER_API_KEY: '' }, /no API key/],
  ['no agent', { XPANDER_AGENT_ID: '' }, /no agent id/],
  ['a mode that there is not', { XPANDER_SENTINEL_FLUSH: 'often' }, /XPANDER_SENTINEL_FLUSH/],
])('%s: one line says so, and the function runs', async (_, environment, line) => {
  const { lambda } = await startGuarded(sentinel, { environment });

  const result = await lambda.invoke({ way: 'answers' });
  await result.settled;
  await lambda.shutdown();

  expect(result).toMatchObject({ kind: 'response', body: '"here I am"' });
  const said = lambda.logs.filter((text) => text.includes('sentinel') || text.includes('SENTINEL'));
  expect(said).toEqual([expect.stringMatching(line)]);
  expect(lambda.timeline.at(-1)).toMatchObject({ what: 'exit', detail: '0' });
});

test('switched off it does nothing', async () => {
  const { lambda, platform } = await startGuarded(sentinel, {
    environment: { XPANDER_DISABLED: 'true' },
  });

  const result = await lambda.invoke({ way: 'answers' });
  await result.settled;

  expect(result).toMatchObject({ kind: 'response' });
  expect(platform.requests()).toEqual([]);
  expect(lambda.logs).toEqual([]);
});

test('a reporter whose key only the code knows reports alone', async () => {
  const { lambda, platform } = await startGuarded(sentinel, {
    handler: 'own-key.handler',
    environment: { ...debug, XPANDER_API_KEY: '' },
  });

  const result = await lambda.invoke({ question: 'why?' });
  await result.settled;

  expect(result.logs.filter((line) => delivered.test(line))).toHaveLength(1);
  expect(reportsOf(platform, { awsRequestId: result.requestId })).toHaveLength(1);
});
