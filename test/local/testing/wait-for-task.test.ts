import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { startLocalPlatform, TaskNotReportedError } from '../../../src/local/index.ts';
import { call, report, startForTest } from '../platform-client.ts';

test('resolves at once with a task that has been reported', async () => {
  const platform = await startForTest();
  await report(platform.url, 'agent-1', { id: 'a', result: 'done', more: 1 });

  const task = await platform.waitForTask('a');

  expect(task).toMatchObject({ agentId: 'agent-1', id: 'a', report: { result: 'done', more: 1 } });
  expect(task).toEqual(platform.tasks()[0]);
});

test('waits for a task of any agent or of a given agent', async () => {
  const platform = await startForTest();
  const any = platform.waitForTask('a');
  const ofSecond = platform.waitForTask('a', { agentId: 'agent-2' });

  await report(platform.url, 'agent-1', { id: 'other' });
  await report(platform.url, 'agent-1', { id: 'a' });
  await report(platform.url, 'agent-2', { id: 'a' });

  expect(await any).toMatchObject({ agentId: 'agent-1' });
  expect(await ofSecond).toMatchObject({ agentId: 'agent-2' });
});

test('waits until the task meets the condition', async () => {
  const platform = await startForTest();
  await report(platform.url, 'agent-1', { id: 'a' });
  const waiting = platform.waitForTask('a', { until: ({ reportCount }) => reportCount === 3 });

  await report(platform.url, 'agent-1', { id: 'a' });
  await report(platform.url, 'agent-1', { id: 'a', is_success: false });

  expect(await waiting).toMatchObject({ reportCount: 3, status: 'failed' });
});

test('lists the reports received instead at the timeout', async () => {
  const platform = await startForTest({ apiKeys: ['right'] });
  const waiting = platform.waitForTask('a', { timeoutMs: 1500 });
  const headers = { 'x-api-key': 'right', 'content-type': 'application/json' };
  const send = (body: string, more: Record<string, string> = {}) =>
    call(platform.url, '/agent-execution/agent-1/report_task', {
      method: 'POST',
      headers: { ...headers, ...more },
      body,
    });

  await send('{"id":"b"}');
  await send('{"id":"secret', { 'x-api-key': 'wrong-key' });
  await send('{"id":"secret');
  await send(JSON.stringify({ id: 'c'.repeat(2000), is_success: false }));
  for (let n = 0; n < 3; n++) await send('{"id":"d"}');

  await expect(waiting).rejects.toThrow(
    new TaskNotReportedError(
      `Task "a" was not reported within 1500 ms. Received instead: "b" of agent "agent-1" (completed), a report of agent "agent-1" that was rejected with 403, a report of agent "agent-1" that was rejected with 422, "${'c'.repeat(100)}…" of agent "agent-1" (failed), "d" of agent "agent-1" (completed), and 2 more.`,
    ),
  );
});

test('explains at the timeout that no report was received or the condition was not met', async () => {
  const platform = await startForTest();
  await report(platform.url, 'agent-1', { id: 'b' });

  const errors = await Promise.all([
    platform.waitForTask('a', { timeoutMs: 1, agentId: 'agent-9' }).catch(String),
    platform.waitForTask('b', { timeoutMs: 1, until: () => false }).catch(String),
  ]);

  expect(errors).toEqual([
    'TaskNotReportedError: Task "a" of agent "agent-9" was not reported within 1 ms. No other reports were received.',
    'TaskNotReportedError: Task "b" was reported (completed, report 1) but did not meet `until` within 1 ms. No other reports were received.',
  ]);
});

test('rejects with the error that the condition throws', async () => {
  const platform = await startForTest();
  const waiting = platform.waitForTask('a', {
    until: () => {
      throw new RangeError('of the test');
    },
  });
  waiting.catch(() => undefined);

  const { status } = await report(platform.url, 'agent-1', { id: 'a' });

  expect(status).toBe(200);
  await expect(waiting).rejects.toThrow(RangeError);
});

test('rejects waits if the platform closes or is closed', async () => {
  const platform = await startLocalPlatform();
  const waiting = platform.waitForTask('a').catch(String);

  await platform.close();

  expect(await waiting).toContain('before the local platform was closed');
  await expect(platform.waitForTask('a')).rejects.toThrow('the local platform is closed');
});

test('provides the environment variables for a function', async () => {
  const open = await startForTest();
  const closed = await startForTest({ apiKeys: ['one', 'two'], agentIds: ['agent-1', 'agent-2'] });

  const response = await call(closed.url, '/agents/list', { headers: { 'x-api-key': closed.key } });

  expect(response.status).toBe(200);
  expect(open.env).toEqual({ XPANDER_BASE_URL: open.url, XPANDER_API_KEY: open.key });
  expect(closed.env).toEqual({
    XPANDER_BASE_URL: closed.url,
    XPANDER_API_KEY: 'one',
    XPANDER_AGENT_ID: 'agent-1',
  });
});

test('calls onTask for each task and ignores its errors', async () => {
  const seen: string[] = [];
  const platform = await startForTest({
    onTask(task) {
      seen.push(`${task.id} ${task.reportCount}`);
      throw new Error('of the test');
    },
  });

  const first = await report(platform.url, 'agent-1', { id: 'a' });
  await report(platform.url, 'agent-1', { id: 'a' });

  expect(first.status).toBe(200);
  expect(seen).toEqual(['a 1', 'a 2']);
});

test('leaves no open handles after closing', async () => {
  const counts = () =>
    ['exit', 'SIGINT', 'SIGTERM', 'warning', 'unhandledRejection'].map((name) =>
      process.listenerCount(name),
    );
  const before = counts();

  {
    await using platform = await startLocalPlatform();
    await report(platform.url, 'agent-1', { id: 'a' });
    await platform.waitForTask('a');
  }

  expect(counts()).toEqual(before);
  expect(getEventListeners(process, 'exit')).toHaveLength(before[0] ?? 0);
});
