/** However many reports pass through it, the sentinel stays as large as it is. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { joinSentinel, type SentinelLink } from '../../src/sentinel/client/sentinel-connection.ts';
import { type DrivenSentinel, driveSentinel } from './driven-sentinel.ts';
import { type BuiltSentinel, buildSentinel } from './guarded-function.ts';

let sentinel: BuiltSentinel;
beforeAll(async () => {
  sentinel = await buildSentinel();
});
afterAll(() => sentinel[Symbol.asyncDispose]());

// Many small ones show what each invocation leaves, some large ones what each byte leaves.
test.each([
  { invocations: 5_000, kilobytes: 20 },
  { invocations: 800, kilobytes: 500 },
])('$invocations invocations with $kilobytes KB each', { timeout: 600_000 }, async (reports) => {
  const { driven, link, platform } = await setUp(200);
  const { invocations, kilobytes } = reports;
  const first = invocations / 5;

  await invoke(driven, link, first, kilobytes);
  const before = driven.residentMb();
  await invoke(driven, link, invocations - first, kilobytes);
  const after = driven.residentMb();

  expect(platform.count()).toBe(invocations);
  expect(after).toBeLessThan(before + 15);
});

test('invocations with 500 KB each while the platform is down', async () => {
  const { driven, link } = await setUp(503);

  await invoke(driven, link, 150, 500);
  const before = driven.residentMb();
  await invoke(driven, link, 150, 500);

  expect(driven.residentMb()).toBeLessThan(before + 15);
});

async function setUp(status: number) {
  let count = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      count += 1;
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"id":"run"}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const driven = await driveSentinel(sentinel, {
    XPANDER_AGENT_ID: 'agent-123',
    XPANDER_API_KEY: 'key',
    XPANDER_BASE_URL: baseUrl,
    XPANDER_SENTINEL_FLUSH: 'end',
    XPANDER_LOG_LEVEL: 'error',
  });
  await driven.asked();
  const link = joinSentinel(driven.folder, {
    agentId: 'agent-123',
    baseUrl,
    key: { kind: 'environment' },
  });
  return { driven, link: link!, platform: { count: () => count } };
}

let runs = 0;

async function invoke(
  driven: DrivenSentinel,
  link: SentinelLink,
  count: number,
  kilobytes: number,
): Promise<void> {
  const text = 'x'.repeat(kilobytes * 1_000);
  for (let left = count; left > 0; left -= 1) {
    runs += 1;
    const requestId = `run-${runs}`;
    const deadlineMs = Date.now() + 30_000;
    driven.send({ eventType: 'INVOKE', requestId, deadlineMs });
    const run = link.begin({ requestId });
    const isTaken = await run.handOver(reportOf(requestId, text), 20_000);
    run.close();
    expect(isTaken).toBe(true);
    await driven.asked();
  }
}

function reportOf(id: string, input: string) {
  return {
    ...{ id, input, result: 'done', llm_response: null, tokens: null },
    ...{ is_success: true, duration: 1, used_tools: [] },
  };
}
