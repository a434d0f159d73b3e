/** The sample functions under AWS's emulator: with the reporter a caller gets what it gets without. */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { reportsOf } from '../support/reports-of.ts';
import { ensureRie } from '../support/rie/ensure-rie.ts';
import { type Rie, type RieAnswer, startRie } from '../support/rie/start-rie.ts';
import { reportingTo } from '../support/sample-function.ts';

const rie = await ensureRie();
const taskRoot: string = fileURLToPath(new URL('../functions', import.meta.url));

describe.skipIf(rie.kind === 'missing')('sample functions', () => {
  let platform: LocalPlatform;
  beforeAll(async () => {
    platform = await startLocalPlatform();
  });
  afterAll(() => platform.close());

  const start = (handler: string): Promise<Rie> =>
    startRie({
      handler,
      taskRoot,
      environment: { XPANDER_AGENT_ID: 'agent-123', ...reportingTo(platform) },
    });

  describe.each([
    ['shapes.bare', 'shapes.wrapped'],
    ['shapes.middyBare', 'shapes.middyReported'],
  ])('%s and %s', (bareHandler, reportedHandler) => {
    let bare: Rie;
    let reported: Rie;
    beforeAll(async () => {
      [bare, reported] = await Promise.all([start(bareHandler), start(reportedHandler)]);
      return () => Promise.all([bare.close(), reported.close()]);
    });

    test.each([
      ...['text', 'object', 'undefined', 'null', 'synchronous', 'thenable', 'http', 'serverError'],
      ...['batch', 'large', 'unicode', 'rejects', 'throws', 'throwsNull', 'throwsText'],
      ...['throwsObject', 'cycle', 'bigint', 'logs', 'exits'],
    ])('%s', async (shape) => {
      const without = await bare.invoke({ shape });
      const withReporter = await reported.invoke({ shape });

      expect(seenByCaller(withReporter)).toEqual(seenByCaller(without));
    });

    // Middy's own timer would race with the emulator's.
    test.skipIf(bareHandler === 'shapes.middyBare')('neverSettles', async () => {
      const without = await bare.invoke({ shape: 'neverSettles' });
      const withReporter = await reported.invoke({ shape: 'neverSettles' });

      expect(seenByCaller(withReporter)).toEqual(seenByCaller(without));
    });

    test('an answer and an error are reported', async () => {
      const answered = await reported.invoke({ shape: 'object' });
      const failed = await reported.invoke({ shape: 'rejects' });

      expect(reportsOf(platform, { awsRequestId: answered.requestId })).toMatchObject([
        { is_success: true, result: '{"echoed":{"shape":"object"}}' },
      ]);
      expect(reportsOf(platform, { awsRequestId: failed.requestId })).toMatchObject([
        { is_success: false, result: expect.stringMatching(/^QuotaError: no tokens left/) },
      ]);
    });
  });

  describe('streaming.bare and streaming.wrapped', () => {
    let bare: Rie;
    let reported: Rie;
    beforeAll(async () => {
      [bare, reported] = await Promise.all([start('streaming.bare'), start('streaming.wrapped')]);
      return () => Promise.all([bare.close(), reported.close()]);
    });

    // No error on a stream: the emulator answers one, bare or not, now with 200 and now with 502.
    test.each([
      ['writes', 'The answer is 42.'],
      ['pipes', 'first second third'],
      ['http', 'created'],
    ])('%s', async (shape, result) => {
      const without = await bare.invoke({ shape });
      const withReporter = await reported.invoke({ shape });

      expect(seenByCaller(withReporter)).toEqual(seenByCaller(without));
      expect(reportsOf(platform, { awsRequestId: withReporter.requestId })).toMatchObject([
        { result: expect.stringContaining(result) },
      ]);
    });
  });
});

/** An answer in a form that can be compared, and printed when it is megabytes long. */
function seenByCaller({ status, body, requestId }: RieAnswer): unknown {
  const text = body.replaceAll(requestId, '{request id}');
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { status, begin: text.slice(0, 2_000), length: text.length, sha256 };
}
