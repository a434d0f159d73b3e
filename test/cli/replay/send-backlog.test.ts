import { expect, onTestFinished, test, vi } from 'vitest';
import { type Backlog, openBacklog } from '../../../src/cli/replay/backlog.ts';
import { readBacklog } from '../../../src/cli/replay/read-backlog.ts';
import { type SendOptions, sendBacklog } from '../../../src/cli/replay/send-backlog.ts';
import type { LocalPlatform } from '../../../src/local/server/local-platform.ts';
import type { WireTaskReport } from '../../../src/platform/task-report.ts';
import { report, startForTest } from '../../local/platform-client.ts';
import { closedPort } from '../../support/closed-port.ts';
import { undeliveredMessage } from './log-lines.ts';

test('sends reports as they are, in order', async () => {
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

test('leaves a failure out when an attempt of its run has ended, not when one has only started', async () => {
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

test('sends nothing a second time that is a failure', async () => {
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

test('tries again after temporary failures, of questions as well', async () => {
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

test('goes on after a report that is refused, and says why', async () => {
  const platform = await startForTest({ bodyLimitBytes: 1_000 });
  const backlog = await backlogOf([{ id: 'a', input: 'x'.repeat(1_000) }, { id: 'b' }]);

  const result = await sendTo(platform, backlog);

  expect(result).toMatchObject({
    sent: 1,
    notSent: [{ entry: { id: 'a' }, reason: expect.stringContaining('answered with 413') }],
    notTried: [],
  });
});

test.each([401, 403])('ends at once when the key is refused with %i', async (status) => {
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

test('ends when five reports in a row find no platform', async () => {
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

test('does not take a page of something else for an accepted report', async () => {
  const platform = await startForTest();
  const backlog = await backlogOf([{ id: 'a' }]);

  const result = await sendTo({ url: `${platform.url}/?` }, backlog).catch((error) => error);

  expect(result).toMatchObject({ sent: 0, notSent: [{ entry: { id: 'a' } }] });
});

test('waits as long as a full platform asks, however often, and tells so', async () => {
  const pauses: (number | undefined)[] = [];
  const slept: number[] = [];
  const headers = { 'retry-after': '1800' };
  const platform = await startForTest({
    faults: [
      { kind: 'status', status: 429, headers: { 'retry-after': '30' }, times: 4 },
      { kind: 'status', status: 429, times: 1 },
      { kind: 'status', status: 429, headers: { 'retry-after': '0' }, times: 1 },
      { kind: 'status', status: 429, headers, times: 1 },
      // Another failure than the limit is tried again as if it were the first.
      { kind: 'drop', times: 2 },
    ],
  });
  const backlog = await backlogOf([{ id: 'a' }]);

  const result = await sendTo(platform, backlog, {
    onProgress: (_, pauseMs) => pauses.push(pauseMs),
    clock: { now: () => performance.now(), sleep: async (ms) => void slept.push(ms) },
  });

  expect(result).toMatchObject({ sent: 1, notSent: [] });
  expect(slept.slice(0, -2)).toEqual([
    ...[30_000, 30_000, 30_000, 30_000],
    ...[15_000, 1_000, 1_800_000],
  ]);
  expect(pauses).toEqual([30_000, 30_000, 30_000, 30_000, 15_000, 1_800_000, undefined]);
});

test('gives a report up when the platform asks to wait for longer than an hour', async () => {
  const headers = { 'retry-after': '86400' };
  const platform = await startForTest({ faults: { kind: 'status', status: 429, headers } });
  const backlog = await backlogOf([{ id: 'a' }]);

  const result = await sendTo(platform, backlog);

  expect(result).toMatchObject({
    sent: 0,
    notSent: [{ reason: expect.stringContaining('429 (too many requests)') }],
  });
});

test('gives up the request under way when it is interrupted', async () => {
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

test('sends 500 reports to a platform that takes 100 a minute, and is never refused', async () => {
  // The platform's minute and ours pass in no time.
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const platform = await startForTest({ rateLimitPerMinute: 100, requestLogSize: 2_000 });
  const ids = Array.from({ length: 500 }, (_, index) => `run-${index}`);
  const backlog = await backlogOf(
    ids.map((id) => ({ id, is_success: id.endsWith('7') === false })),
  );
  const startedAt = performance.now();

  const result = await sendTo(platform, backlog, {
    perMinute: 100,
    clock: {
      now: () => performance.now(),
      sleep: async (ms) => void vi.advanceTimersByTime(Math.ceil(ms)),
    },
  });

  expect(result).toEqual({
    sent: 500,
    alreadyThere: 0,
    notSent: [],
    notTried: [],
    stopped: undefined,
  });
  expect(platform.tasks()).toHaveLength(500);
  // 500 reports, and a question for each of the 50 failures: a refusal would have made it more.
  expect(platform.requests()).toHaveLength(550);
  expect(performance.now() - startedAt).toBe(5 * 60_000);
});

async function backlogOf(reports: readonly Partial<WireTaskReport>[]): Promise<Backlog> {
  const backlog = await openBacklog();
  onTestFinished(() => backlog.close());
  const lines = reports.map((one) => `${undeliveredMessage(one)}\n`);
  await readBacklog(
    backlog,
    (async function* () {
      yield lines.join('');
    })(),
    undefined,
  );
  return backlog;
}

function sendTo(
  { url }: { readonly url: string },
  backlog: Backlog,
  options: Partial<SendOptions> = {},
): ReturnType<typeof sendBacklog> {
  return sendBacklog(backlog, {
    connection: { baseUrl: url, apiKey: 'key-of-the-test', timeoutMs: 5_000 },
    perMinute: 0,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...options,
  });
}

function statusesOf(platform: LocalPlatform): Record<string, string> {
  return Object.fromEntries(platform.tasks().map(({ id, status }) => [id, status]));
}
