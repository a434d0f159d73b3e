import { expect, test } from 'vitest';
import type { LocalPlatform } from '../../../src/local/server/local-platform.ts';
import { report, startForTest } from '../../local/platform-client.ts';
import { closedPort } from '../../support/closed-port.ts';
import { backlogOf, sendTo } from './send-test-backlog.ts';

test('sends reports unchanged and in order', async () => {
  const platform = await startForTest();
  const backlog = await backlogOf([
    { id: 'a/1', input: 'one', llm_response: { raw: [1] } },
    { id: 'b', tokens: null },
  ]);

  const result = await sendTo(platform, backlog);

  expect(result).toEqual({
    sent: 2,
    alreadyThere: 0,
    notSent: [],
    notTried: [],
    stopped: undefined,
  });
  const lines = await Promise.all(backlog.entries().map((entry) => backlog.json(entry)));
  expect(platform.requests().map(({ body }) => body)).toEqual(
    lines.map((line) => JSON.parse(line).report),
  );
});

test('skips a failure if an attempt of its task has finished, not if one has only started', async () => {
  const platform = await startForTest();
  await report(platform.url, 'agent-1', { id: 'ended', result: 'ok', duration: 2 });
  await report(platform.url, 'agent-1', { id: 'started', duration: 0 });
  const backlog = await backlogOf(
    ['ended', 'started', 'unknown'].map((id) => ({ id, is_success: false, result: 'Error' })),
  );

  const result = await sendTo(platform, backlog);

  expect(result).toMatchObject({ sent: 2, alreadyThere: 1, notSent: [] });
  expect(statusesOf(platform)).toEqual({
    ended: 'completed',
    started: 'failed',
    unknown: 'failed',
  });
});

test('does not send a failure twice', async () => {
  const platform = await startForTest();
  const backlog = await backlogOf([{ id: 'a', is_success: false }, { id: 'b' }]);

  await sendTo(platform, backlog);
  const again = await sendTo(platform, backlog);

  expect(again).toMatchObject({ sent: 1, alreadyThere: 1 });
  expect(platform.tasks().map(({ id, reportCount }) => [id, reportCount])).toEqual([
    ['b', 2],
    ['a', 1],
  ]);
});

test('retries after temporary failures of status requests and reports', async () => {
  const platform = await startForTest({
    faults: [
      { kind: 'status', status: 503, times: 1, calls: 'all' },
      { kind: 'drop', times: 1, calls: 'all' },
    ],
  });
  const backlog = await backlogOf([{ id: 'a', is_success: false }]);

  const result = await sendTo(platform, backlog);

  expect(result).toMatchObject({ sent: 1, notSent: [] });
  expect(platform.requests().map(({ method }) => method)).toEqual(['GET', 'GET', 'GET', 'POST']);
});

test('continues after a rejected report and keeps the reason', async () => {
  const platform = await startForTest({ bodyLimitBytes: 1_000 });
  const backlog = await backlogOf([{ id: 'a', input: 'x'.repeat(1_000) }, { id: 'b' }]);

  const result = await sendTo(platform, backlog);

  expect(result).toMatchObject({
    sent: 1,
    notSent: [{ entry: { id: 'a' }, reason: expect.stringContaining('answered with 413') }],
    notTried: [],
  });
});

test.each([401, 403])('stops at once if the key is rejected with %i', async (status) => {
  const platform = await startForTest({ faults: { kind: 'status', status } });
  const backlog = await backlogOf([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);

  const result = await sendTo(platform, backlog);

  expect(result).toMatchObject({
    sent: 0,
    notSent: [],
    notTried: [{ id: 'a' }, { id: 'b' }, { id: 'c' }],
    stopped: {
      kind: 'key-refused',
      reason: expect.stringMatching(
        /answered with 40[13] \(the API key was refused\).*Check XPANDER_API_KEY\.$/,
      ),
    },
  });
  expect(platform.requests()).toHaveLength(1);
});

test('stops after five connection failures in a row', async () => {
  const backlog = await backlogOf(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => ({ id })));

  const result = await sendTo({ url: `http://127.0.0.1:${await closedPort()}` }, backlog);

  expect(result.notSent).toHaveLength(5);
  expect(result).toMatchObject({
    notTried: [{ id: 'f' }, { id: 'g' }],
    stopped: {
      kind: 'unreachable',
      reason: expect.stringMatching(/^5 reports in a row could not be sent\. .*ECONNREFUSED/),
    },
  });
});

test.each([408, 425])('counts %i as a fault of the platform, not of the report', async (status) => {
  const platform = await startForTest({ faults: { kind: 'status', status } });
  const backlog = await backlogOf(['a', 'b', 'c', 'd', 'e', 'f'].map((id) => ({ id })));

  const result = await sendTo(platform, backlog);

  expect(result).toMatchObject({
    sent: 0,
    notTried: [{ id: 'f' }],
    stopped: { kind: 'unreachable', reason: expect.stringContaining(`answered with ${status}`) },
  });
});

test('does not count a response that is not a task as a delivery', async () => {
  const platform = await startForTest();
  const backlog = await backlogOf([{ id: 'a' }]);

  const result = await sendTo({ url: `${platform.url}/?` }, backlog).catch((error) => error);

  expect(result).toMatchObject({ sent: 0, notSent: [{ entry: { id: 'a' } }] });
});

test('aborts the current request when it is interrupted', async () => {
  const platform = await startForTest({ faults: { kind: 'hang' } });
  const backlog = await backlogOf([{ id: 'a' }, { id: 'b' }]);
  const interrupted = new AbortController();

  const sending = sendTo(platform, backlog, { signal: interrupted.signal });
  await expect.poll(() => platform.requests().length).toBe(1);
  interrupted.abort();

  expect(await sending).toMatchObject({
    sent: 0,
    notSent: [],
    notTried: [{ id: 'a' }, { id: 'b' }],
    stopped: { kind: 'interrupted' },
  });
});

function statusesOf(platform: LocalPlatform): Record<string, string> {
  return Object.fromEntries(platform.tasks().map(({ id, status }) => [id, status]));
}
