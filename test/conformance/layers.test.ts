/** The layers in `/opt`, judged by AWS's emulator: a function whose code knows nothing of them. */
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { attached, reporterLayer, sentinelLayer } from '../layer/attached-layer.ts';
import { reportsOf } from '../support/reports-of.ts';
import { ensureRie } from '../support/rie/ensure-rie.ts';
import { type Rie, startRie } from '../support/rie/start-rie.ts';
import { reportingTo } from '../support/sample-function.ts';

const rie = await ensureRie({ withLayers: true });

const register = '/2020-01-01/extension/register';
const nextOfRuntime = '/2018-06-01/runtime/invocation/next';

describe.skipIf(rie.kind === 'missing').each([
  { layers: 'reporter', folders: [reporterLayer], registrations: 1 },
  { layers: 'reporter and sentinel', folders: [reporterLayer, sentinelLayer], registrations: 2 },
])('$layers', ({ folders, registrations }) => {
  test('an unchanged function answers as without, and is reported', async () => {
    const { bare, layered, platform } = await setUp(folders);

    const without = await bare.invoke({ question: 'why?' });
    const answered = await layered.invoke({ question: 'why?' });
    const failed = await layered.invoke({ fails: true });

    expect(answered.body).toBe(without.body);
    expect(answered.status).toBe(without.status);
    expect(reportsOf(platform, { awsRequestId: answered.requestId })).toMatchObject([
      { is_success: true, result: 'answer to why?', input: '{"question":"why?"}' },
    ]);
    expect(JSON.parse(failed.body)).toMatchObject({ errorType: 'RangeError' });
    expect(reportsOf(platform, { awsRequestId: failed.requestId })).toMatchObject([
      { is_success: false, result: expect.stringMatching(/^RangeError: no tokens left\n/) },
    ]);
    const paths = answered.calls.map(({ path }) => path);
    expect(paths.filter((path) => path === register)).toHaveLength(registrations);
    expect(paths.lastIndexOf(register)).toBeLessThan(paths.indexOf(nextOfRuntime));
  });

  test('a run whose process dies is reported', async () => {
    const { layered, platform } = await setUp(folders);

    const lost = await layered.invoke({ exits: true });
    await layered.invoke({ question: 'why?' });

    await expect
      .poll(() => reportsOf(platform, { awsRequestId: lost.requestId }))
      .toMatchObject([
        { is_success: false, result: expect.stringMatching(/exited with code 3 before/) },
      ]);
  });
});

test.skipIf(rie.kind === 'missing')('the sentinel says what the process cannot', async () => {
  const { layered, platform } = await setUp([reporterLayer, sentinelLayer]);

  const blocked = await layered.invoke({ blocks: true });

  await expect
    .poll(() => reportsOf(platform, { awsRequestId: blocked.requestId }), { timeout: 10_000 })
    .toMatchObject([{ is_success: false, result: expect.stringMatching(/timed out/) }]);
});

async function setUp(
  layers: readonly string[],
): Promise<{ bare: Rie; layered: Rie; platform: LocalPlatform }> {
  const platform = await startLocalPlatform();
  onTestFinished(() => platform.close());
  const options = {
    handler: 'agent.plain',
    taskRoot: fileURLToPath(new URL('../layer/functions', import.meta.url)),
    timeoutSeconds: 3,
  };
  const bare = await startRie(options);
  onTestFinished(() => bare.close());
  const environment = { ...attached, ...reportingTo(platform) };
  const layered = await startRie({ ...options, layers, environment });
  onTestFinished(() => layered.close());
  return { bare, layered, platform };
}
