/** Runs that end without an answer are in the task history before any other invocation. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportsOf } from '../support/reports-of.ts';
import { timeoutOf } from '../support/timeout-of.ts';
import { type BuiltSentinel, buildSentinel, startGuarded } from './guarded-function.ts';

let sentinel: BuiltSentinel;
beforeAll(async () => {
  sentinel = await buildSentinel();
});
afterAll(() => sentinel[Symbol.asyncDispose]());

describe.each(['available', 'unsupported'] as const)('telemetry %s', (telemetryApi) => {
  test.each<[string, RegExp]>([
    ['exitsAtOnce', /exited with code 3 before/],
    ['exits', /exited with code 0 before/],
    ['neverSettles', /ended without a response: nothing/],
    ['throwsElsewhere', /RangeError: out of nowhere\n\s+at /],
    ['rejectsElsewhere', /TypeError: nobody listens\n\s+at /],
    ['runsOutOfMemory', /killed.*lack of memory.*It held \d+ MB.*the function has 384 MB/],
    ['isKilled', /killed before Lambda had a response/],
    ['blocks', /^TimeoutError: timed out: .* limit of (2\.[45]|1\.\d) s/],
    ['hangs', /^TimeoutError: timed out: .* limit of (2\.[45]|1\.\d) s/],
  ])('%s', async (way, cause) => {
    const timeoutMs = timeoutOf(way);
    const { lambda, platform } = await startGuarded(sentinel, { telemetryApi, timeoutMs });

    const lost = await lambda.invoke({ way });
    await lost.settled;

    expect(reportsOf(platform, { awsRequestId: lost.requestId })).toMatchObject([
      { is_success: false, result: expect.stringMatching(cause) },
    ]);
    expect(platform.tasks()).toMatchObject([{ status: 'failed' }]);
  });
});
