/** Tasks of an unchanged function that end without a response; the sentinel reports them at once. */
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { type Lambda, startLambda } from '../support/lambda/lambda.ts';
import { seenByCaller } from '../support/lambda/seen-by-caller.ts';
import { reportsOf } from '../support/reports-of.ts';
import { reportingTo } from '../support/sample-function.ts';
import { timeoutOf } from '../support/timeout-of.ts';
import { attached, reporterLayer, sentinelLayer } from './attached-layer.ts';

describe.each([
  { name: 'reporter', layers: [reporterLayer], knowsAtOnce: ['hangs'] },
  { name: 'reporter and sentinel', layers: [reporterLayer, sentinelLayer], knowsAtOnce: 'all' },
])('$name', ({ layers, knowsAtOnce }) => {
  test.each<[string, RegExp]>([
    ['exits', /exited with code 0 before Lambda had a response/],
    ['throwsElsewhere', /RangeError: out of nowhere\n\s+at /],
    ['rejectsElsewhere', /TypeError: nobody listens\n\s+at /],
    ['runsOutOfMemory', /killed.*lack of memory/],
    ['isKilled', /killed before Lambda had a response/],
    ['blocks', /timed out/],
    ['hangs', /timed out/],
  ])('a function that %s is reported as failed', async (way, cause) => {
    const { bare, lambda, platform } = await setUp(layers, timeoutOf(way));

    const [without, lost] = await Promise.all([bare.invoke({ way }), lambda.invoke({ way })]);
    await lost.settled;
    const atOnce = reportsOf(platform, { awsRequestId: lost.requestId });
    await (await lambda.invoke({ way: 'answers' })).settled;

    expect(seenByCaller(lost)).toEqual(seenByCaller(without));
    const reports = reportsOf(platform, { awsRequestId: lost.requestId });
    expect(reports).toMatchObject([{ is_success: false, result: expect.stringMatching(cause) }]);
    expect(atOnce).toEqual(knowsAtOnce === 'all' || knowsAtOnce.includes(way) ? reports : []);
  });
});

async function setUp(
  layers: readonly string[],
  timeoutMs: number,
): Promise<{ bare: Lambda; lambda: Lambda; platform: LocalPlatform }> {
  const platform = await startLocalPlatform();
  onTestFinished(() => platform.close());
  const options = {
    handler: 'lost.bare',
    taskRoot: fileURLToPath(new URL('../functions', import.meta.url)),
    timeoutMs,
    memoryMb: 384,
  };
  const environment = { ...attached, ...reportingTo(platform) };
  const [bare, lambda] = await Promise.all([
    startLambda(options),
    startLambda({ ...options, layers, environment }),
  ]);
  onTestFinished(() => bare.close());
  onTestFinished(() => lambda.close());
  return { bare, lambda, platform };
}
