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

const text = 'x'.repeat(500_000);

test('10,000 invocations with 500 KB each', { timeout: 600_000 }, async () => {
  const { driven, link, platform } = await setUp(200);

  await invoke(driven, link, 1_000);
  const before = driven.residentMb();
  await invoke(driven, link, 9_000);
  const after = driven.residentMb();

  expect(platform.count()).toBe(10_000);
  expect(after).toBeLessThan(before + 15);
});

test('the same while the platform is down', { timeout: 120_000 }, async () => {
  const { driven, link } = await setUp(503);

  await invoke(driven, link, 150);
  const before = driven.residentMb();
  await invoke(driven, link, 150);

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

async function invoke(driven: DrivenSentinel, link: SentinelLink, count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) {
    runs += 1;
    const requestId = `run-${runs}`;
    const deadlineMs = Date.now() + 30_000;
    driven.send({ eventType: 'INVOKE', requestId, deadlineMs });
    const run = link.begin({ requestId });
    const isTaken = await run.handOver(reportOf(requestId), 20_000);
    run.close();
    expect(isTaken).toBe(true);
    await driven.asked();
  }
}

function reportOf(id: string) {
  return {
    ...{ id, input: text, result: 'done', llm_response: null, tokens: null },
    ...{ is_success: true, duration: 1, used_tools: [] },
  };
}
