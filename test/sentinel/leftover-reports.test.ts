/** Reports that the function's own process has left in the spool, which the sentinel owns. */
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../src/base/log.ts';
import { resolveOptions } from '../../src/config/resolve-options.ts';
import { openDestination } from '../../src/delivery/destination.ts';
import type { DeliveryQueue } from '../../src/delivery/queue/delivery-queue.ts';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { joinSentinel, type SentinelLink } from '../../src/sentinel/client/sentinel-connection.ts';
import { sentinelLayer } from '../layer/attached-layer.ts';
import { type DrivenSentinel, driveSentinel } from './driven-sentinel.ts';

test.each(['adaptive', 'end', 'periodic'])(
  '%s: they are sent when the function says so',
  async (mode) => {
    const { driven, link, own, platform } = await setUp(mode);

    await invoke(driven, link, 'first');
    own.keepForLater(report('left'));
    link.leftReports();
    await invoke(driven, link, 'second');
    await driven.asked();

    await expect.poll(() => platform.tasks().map(({ id }) => id)).toContain('left');
    expect(platform.requests().filter(isPostOf('left'))).toHaveLength(1);
  },
);

test.each(['spindown', 'timeout', 'failure'])(
  'without a word they are logged once at the end of the environment: %s',
  async (shutdownReason) => {
    const { driven, link, own, platform } = await setUp('end');
    platform.setFaults({ kind: 'status', status: 503, calls: 'all' });

    await invoke(driven, link, 'first');
    own.keepForLater(report('left'));
    driven.send({ eventType: 'SHUTDOWN', shutdownReason, deadlineMs: Date.now() + 2_000 });

    await expect.poll(() => driven.process.exitCode, { timeout: 10_000 }).toBe(0);
    const lines = driven.output.join('').split('\n');
    const logged = lines.filter((line) => line.includes('undelivered report {'));
    expect(logged.filter((line) => line.includes('"id":"left"'))).toHaveLength(1);
    expect(logged.filter((line) => line.includes('"id":"first"'))).toHaveLength(1);
    own.lookAgain();
    expect(own.waiting()).toBe(shutdownReason === 'spindown' ? 0 : 2);
  },
);

interface Stage {
  readonly driven: DrivenSentinel;
  readonly link: SentinelLink;
  /** The queue of the function's process. */
  readonly own: DeliveryQueue;
  readonly platform: LocalPlatform;
}

async function setUp(mode: string): Promise<Stage> {
  const platform = await startLocalPlatform();
  onTestFinished(() => platform.close());
  const environment = {
    XPANDER_AGENT_ID: 'agent-123',
    XPANDER_API_KEY: 'key',
    XPANDER_BASE_URL: platform.url,
    XPANDER_SENTINEL_FLUSH: mode,
    XPANDER_LOG_LEVEL: 'error',
  };
  const built = { opt: sentinelLayer, extensions: `${sentinelLayer}/extensions` };
  const driven = await driveSentinel(
    { ...built, [Symbol.asyncDispose]: async () => undefined },
    environment,
  );
  await driven.asked();
  const resolved = resolveOptions({}, environment);
  if (resolved.kind !== 'enabled') throw new Error('The reporter has no destination.');
  const { agentId, baseUrl, apiKey } = resolved.settings;
  const link = joinSentinel(driven.folder, { agentId, baseUrl, key: { kind: 'environment' } });
  if (link === undefined) throw new Error('No sentinel listens.');
  const storage = { folder: driven.folder, endsUnannounced: false, isShared: false };
  const opened = openDestination({ agentId, baseUrl, apiKey }, createLog('error'), storage);
  return { driven, link, own: opened.deliveryQueue, platform };
}

/** The sentinel takes its report. */
async function invoke(
  driven: DrivenSentinel,
  link: SentinelLink,
  requestId: string,
): Promise<void> {
  await driven.asked();
  driven.send({ eventType: 'INVOKE', requestId, deadlineMs: Date.now() + 10_000 });
  const run = link.begin({ requestId });
  expect(await run.handOver(report(requestId), 10_000)).toBe(true);
  run.close();
  await driven.asked();
}

function isPostOf(id: string) {
  return ({ method, body }: { method: string; body?: unknown }): boolean =>
    method === 'POST' && Reflect.get(Object(body), 'id') === id;
}

function report(id: string) {
  return {
    ...{ id, input: null, result: 'done', llm_response: null, tokens: null },
    ...{ is_success: true, duration: 1, used_tools: [] },
  };
}
