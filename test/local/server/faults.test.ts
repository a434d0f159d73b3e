import { expect, test } from 'vitest';
import { call, report, startForTest } from '../platform-client.ts';

test('responds with an error status for the given times and stores nothing', async () => {
  const platform = await startForTest();
  platform.setFaults({ kind: 'status', status: 503, headers: { 'retry-after': '2' }, times: 2 });

  const responses = [
    await report(platform.url, 'agent-1', { id: 'a' }),
    await report(platform.url, 'agent-1', { id: 'b' }),
    await report(platform.url, 'agent-1', { id: 'c' }),
  ];

  expect(responses.map((response) => response.status)).toEqual([503, 503, 200]);
  expect(responses[0]?.headers.get('retry-after')).toBe('2');
  expect(platform.tasks().map(({ id }) => id)).toEqual(['c']);
  expect(platform.requests().map(({ body }) => body)).toEqual([
    { id: 'a' },
    { id: 'b' },
    { id: 'c' },
  ]);
});

test('injects a list of faults in order', async () => {
  const { url } = await startForTest({
    faults: [
      { kind: 'status', status: 500, times: 1 },
      { kind: 'drop', times: 1 },
      { kind: 'status', status: 429, times: 1 },
    ],
  });

  const outcomes = [];
  for (let n = 0; n < 4; n++) {
    outcomes.push(await outcomeOf(report(url, 'agent-1', {})));
  }

  expect(outcomes).toEqual([500, 'failed', 429, 200]);
});

test('affects only reports unless calls is all', async () => {
  const platform = await startForTest();

  platform.setFaults({ kind: 'status', status: 500 });
  const others = await call(platform.url, '/agents/list');
  platform.setFaults({ kind: 'status', status: 500, calls: 'all' });
  const all = await call(platform.url, '/agents/list');
  platform.setFaults(undefined);
  const none = await call(platform.url, '/agents/list');

  expect([others.status, all.status, none.status]).toEqual([200, 500, 200]);
});

test('delays a response', async () => {
  const platform = await startForTest();
  platform.setFaults({ kind: 'latency', ms: 80, times: 1 });

  const start = performance.now();
  const response = await report(platform.url, 'agent-1', { id: 'a' });
  const waited = performance.now() - start;

  expect(response.status).toBe(200);
  // Timers can fire a millisecond early.
  expect(waited).toBeGreaterThanOrEqual(79);
});

test('drops the connection before or after the task is stored', async () => {
  const platform = await startForTest();
  platform.setFaults([
    { kind: 'drop', times: 1 },
    { kind: 'drop', times: 1, afterStoring: true },
  ]);

  const before = await outcomeOf(report(platform.url, 'agent-1', { id: 'a' }));
  const after = await outcomeOf(report(platform.url, 'agent-1', { id: 'b' }));

  expect([before, after]).toEqual(['failed', 'failed']);
  expect(platform.tasks().map(({ id }) => id)).toEqual(['b']);
});

test('never responds to a hanging request while it handles others', async () => {
  const platform = await startForTest();
  platform.setFaults({ kind: 'hang', times: 1 });
  const giveUp = new AbortController();

  const hanging = outcomeOf(
    call(platform.url, '/agent-execution/agent-1/report_task', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
      signal: giveUp.signal,
    }),
  );
  await expect.poll(() => platform.requests().at(-1)?.body).toEqual({});
  const other = await report(platform.url, 'agent-1', { id: 'b' });
  giveUp.abort();

  expect(other.status).toBe(200);
  expect(await hanging).toBe('failed');
  expect(platform.tasks().map(({ id }) => id)).toEqual(['b']);
});

test('closes at once during hanging, delayed and dripping responses', async () => {
  const platform = await startForTest({ closeTimeoutMs: 60_000 });
  platform.setFaults([
    { kind: 'hang', times: 1 },
    { kind: 'latency', ms: 60_000, times: 1 },
    { kind: 'drip', intervalMs: 60_000, times: 1 },
  ]);
  const calls = [];
  for (let n = 1; n <= 3; n++) {
    calls.push(outcomeOf(report(platform.url, 'agent-1', {})));
    await expect.poll(() => platform.requests().at(n - 1)?.body).toEqual({});
  }

  await platform.close();

  expect(await Promise.all(calls)).toEqual(['failed', 200, 200]);
});

test('sends a dripping response byte by byte', async () => {
  const { url } = await startForTest({ faults: { kind: 'drip', intervalMs: 2, calls: 'all' } });

  const response = await fetch(`${url}/agents/nope`, { headers: { 'x-api-key': 'k' } });
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
  }

  expect(response.status).toBe(404);
  expect(Buffer.concat(chunks).toString()).toBe('{"detail":"Agent not found"}');
  // The client may read two bytes at once.
  expect(chunks.length).toBeGreaterThan(5);
});

async function outcomeOf(
  response: Promise<{ readonly status: number }>,
): Promise<number | 'failed'> {
  return response.then(
    ({ status }) => status,
    () => 'failed' as const,
  );
}
