/** Streamed answers in Lambda's real runtime client, with and without the reporter. */
import { setTimeout as sleep } from 'node:timers/promises';
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

/** Functions that must look the same to a caller. */
function startPair(names: { bare: string; reported: string }): { bare: Lambda; reported: Lambda } {
  const pair = {} as { bare: Lambda; reported: Lambda };
  beforeAll(async () => {
    [pair.bare, pair.reported] = await Promise.all([start(names.bare), start(names.reported)]);
    return () => Promise.all([pair.bare.close(), pair.reported.close()]);
  });
  return pair;
}

describe.each([
  { way: 'around streamifyResponse', reported: 'streaming.wrapped' },
  { way: 'inside streamifyResponse', reported: 'streaming.wrappedInside' },
])('wrapper $way', ({ reported }) => {
  const pair = startPair({ bare: 'streaming.bare', reported });

  test.each<[string, object]>([
    ['writes', { is_success: true, result: 'The answer is 42.' }],
    ['pipes', { is_success: true, result: 'first second third' }],
    ['bytes', { is_success: true, result: 'One two six 🦊' }],
    ['http', { is_success: true, result: 'created' }],
    ['httpError', { is_success: false, result: 'overloaded' }],
    ['returnsBeforeTheEnd', { is_success: true, result: 'early late' }],
    ['throwsFirst', { is_success: false, result: expect.stringMatching(/^RangeError: before a/) }],
    [
      'throwsMidway',
      {
        is_success: false,
        result: expect.stringMatching(
          /^TypeError: the model hung up\n.*\nStreamed before that:\nhalf of $/s,
        ),
      },
    ],
    ['notAsync', { is_success: false, result: expect.stringContaining('must return a promise') }],
  ])('%s', async (shape, report) => {
    const without = await pair.bare.invoke({ shape });
    const withReporter = await pair.reported.invoke({ shape });

    expect(seenByCaller(withReporter)).toEqual(seenByCaller(without));
    await withReporter.settled;
    await expectReports(
      withReporter,
      [{ ...report, input: JSON.stringify({ shape }) }],
      pair.reported,
    );
  });

  test('the stream flows while it is written, not at its end', async () => {
    const result = await pair.reported.invoke({ shape: 'writes' });

    const first = result.kind === 'response' ? result.chunks[0] : undefined;
    expect(first?.bytes.toString()).toBe('The ');
    expect(first?.atMs).toBeLessThan(result.responseMs - 40);
  });

  test('of a long stream the beginning is kept, and the rest is counted', async () => {
    const result = await pair.reported.invoke({ shape: 'long', chunks: 160 });

    expect(result).toMatchObject({ kind: 'response', callerLeft: false });
    expect(result.payload.length).toBe(160 * 64 * 1024);
    await result.settled;
    const [report] = reportsTo(result);
    expect(String(report?.['result']).length).toBeLessThan(262_144);
    expect(report).toMatchObject({
      is_success: true,
      result: expect.stringMatching(/^\[the first 262144 of 10485760 bytes\]\nword {4}word/),
    });
  });

  test('a caller that goes away without the function noticing: the whole run is reported', async () => {
    const result = await pair.reported.invoke(
      { shape: 'writes' },
      { callerLeaves: { afterBytes: 4, connection: 'kept' } },
    );

    await result.settled;
    await expectReports(result, [{ is_success: true, result: 'The answer is 42.' }], pair.reported);
  });

  test('a connection that breaks ends the runtime with the reporter as without', async () => {
    const leaves = { callerLeaves: { afterBytes: 4, connection: 'reset' } } as const;

    const without = await pair.bare.invoke({ shape: 'writes' }, leaves);
    const withReporter = await pair.reported.invoke({ shape: 'writes' }, leaves);

    expect(seenByCaller(withReporter)).toEqual(seenByCaller(without));
    expect(await withReporter.settled).toMatchObject({ kind: 'exit', exitCode: 1 });
  });
});

test('the mark of streaming and its high-water mark are kept', async () => {
  await using lambda = await start('streaming.highWaterMark');

  const result = await lambda.invoke({ shape: 'writes' });

  expect(result).toMatchObject({ kind: 'response', streamed: true, body: 'The answer is 42.' });
});

describe.each([
  {
    way: 'middleware of Middy 7',
    bare: 'streaming.middyBare',
    reported: 'streaming.middyReported',
  },
  {
    way: 'middleware of Middy 6',
    bare: 'streaming.middy6Bare',
    reported: 'streaming.middy6Reported',
  },
  {
    way: 'wrapper around Middy 7',
    bare: 'streaming.middyBare',
    reported: 'streaming.middyWrapped',
  },
])('$way', (names) => {
  const pair = startPair(names);

  test.each<[string, object]>([
    ['readable', { is_success: true, result: 'The answer is 42.' }],
    ['web', { is_success: true, result: 'The answer is 42.' }],
    ['shortWeb', { is_success: true, result: 'hi' }],
    ['emptyWeb', { is_success: true, result: '' }],
    ['shortHttpWeb', { is_success: true, result: 'hi' }],
    ['empty', { is_success: true, result: '' }],
    ['http', { is_success: true, result: 'The answer is 42.' }],
    ['text', { is_success: true, result: 'all at once' }],
    ['throws', { is_success: false, result: expect.stringMatching(/^RangeError: before a byte/) }],
  ])('%s', async (shape, report) => {
    const without = await pair.bare.invoke({ shape });
    const withReporter = await pair.reported.invoke({ shape });

    expect(seenByCaller(withReporter)).toEqual(seenByCaller(without));
    await withReporter.settled;
    await expectReports(
      withReporter,
      [{ ...report, input: JSON.stringify({ shape }) }],
      pair.reported,
    );
  });

  test('a body that breaks ends the runtime with the reporter as without', async () => {
    const without = await pair.bare.invoke({ shape: 'breaks' });
    const withReporter = await pair.reported.invoke({ shape: 'breaks' });

    expect(seenByCaller(withReporter)).toEqual(seenByCaller(without));
    expect(withReporter).toMatchObject({ kind: 'exit', exitCode: 1 });
  });

  test('a long stream arrives whole', async () => {
    const result = await pair.reported.invoke({ shape: 'long', chunks: 160 });

    expect(result.payload.length).toBe(160 * 64 * 1024);
    await result.settled;
    await expectReports(
      result,
      [{ is_success: true, result: expect.stringContaining('word    word') }],
      pair.reported,
    );
  });
});

async function expectReports(
  result: InvocationResult,
  expected: object[],
  { invoke }: Lambda,
): Promise<void> {
  const isThere = (): boolean => reportsTo(result).length >= expected.length;
  // A stream that breaks ends the invocation before its report is out: that leaves with the next.
  if (!(await isTrueWithin(1_000, isThere))) await (await invoke({ shape: 'text' })).settled;
  await expect.poll(isThere, { timeout: 4_000 }).toBe(true);
  expect(reportsTo(result)).toMatchObject(expected);
}

async function isTrueWithin(timeMs: number, is: () => boolean): Promise<boolean> {
  const deadline = performance.now() + timeMs;
  while (!is() && performance.now() < deadline) await sleep(50);
  return is();
}

function reportsTo({ requestId }: InvocationResult): Record<string, unknown>[] {
  return reportsOf(platform, { awsRequestId: requestId });
}
