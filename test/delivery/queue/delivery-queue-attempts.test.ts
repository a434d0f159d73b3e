/** Several attempts of one run, and disks and logs that fail on the way. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createApiKeyProvider } from '../../../src/delivery/credentials/api-key.ts';
import { createFreezes } from '../../../src/delivery/execution-environment/freezes.ts';
import { createSendPolicy } from '../../../src/delivery/policy/send-policy.ts';
import {
  createDeliveryQueue,
  type DeliveryQueue,
} from '../../../src/delivery/queue/delivery-queue.ts';
import { createLatest } from '../../../src/delivery/queue/latest-attempts.ts';
import { createSpool, type Spool } from '../../../src/delivery/spool/spool.ts';
import {
  type LocalPlatform,
  startLocalPlatform,
} from '../../../src/local/server/local-platform.ts';
import type { WireTaskReport } from '../../../src/platform/task-report.ts';

test.each([500, 503, 408, 425, 429])(
  'a report refused with %i waits for a later try',
  async (status) => {
    const { deliveryQueue, platform, spool, lines } = await setUp();
    platform.setFaults({ kind: 'status', status });

    await deliveryQueue.send(report('a'), soon(), ignore);

    expect(spool.next(2)).toMatchObject([{ report: { id: 'a' } }]);
    expect(spool.next(1)[0]?.attempts).toBeGreaterThan(0);
    expect(lines).toEqual([expect.stringMatching(/^reports are kept for later: ApiError/)]);
  },
);

test('an attempt waits until the one before it has arrived', async () => {
  const { deliveryQueue, platform } = await setUp();
  platform.setFaults({ kind: 'latency', ms: 100, times: 1 });

  await Promise.all([
    deliveryQueue.send(report('a', { result: 'first' }), soon(), ignore),
    deliveryQueue.send(report('a', { result: 'second' }), soon(), ignore),
  ]);

  expect(results(platform)).toEqual(['first', 'second']);
  expect(platform.tasks()).toMatchObject([{ id: 'a', result: 'second' }]);
});

test('an attempt that begins while an older one is sent again follows it', async () => {
  const { deliveryQueue, platform, spool } = await setUp();
  await deliveryQueue.send(report('a', { result: 'first' }), performance.now(), ignore);
  platform.setFaults({ kind: 'latency', ms: 100, times: 1 });

  const resending = deliveryQueue.sendWaiting(soon(), 1);
  await expect.poll(() => platform.requests().length, { interval: 5 }).toBe(1);
  await Promise.all([
    resending,
    deliveryQueue.send(report('a', { result: 'second' }), soon(), ignore),
  ]);
  await deliveryQueue.sendWaiting(soon(), Number.POSITIVE_INFINITY);

  expect(results(platform)).toEqual(['first', 'second']);
  expect(platform.tasks()).toMatchObject([{ id: 'a', result: 'second' }]);
  expect(spool.size().count).toBe(0);
});

test('an older attempt is not sent when a later one begins while the platform is asked', async () => {
  const { deliveryQueue, platform, spool } = await setUp();
  deliveryQueue.keepLost(
    report('a', { is_success: false, result: 'killed' }),
    Date.now() - 1_000,
    ignore,
  );
  platform.setFaults({ kind: 'latency', ms: 100, calls: 'all', times: 1 });

  const resending = deliveryQueue.sendWaiting(soon(), 1);
  await expect.poll(() => platform.requests().length, { interval: 5 }).toBe(1);
  await Promise.all([
    resending,
    deliveryQueue.send(report('a', { result: 'second' }), soon(), ignore),
  ]);

  expect(results(platform)).toEqual(['second']);
  expect(spool.size().count).toBe(0);
});

test('a lost attempt does not take the place of a later one that waits', async () => {
  const { deliveryQueue, spool } = await setUp();
  await deliveryQueue.send(report('a', { result: 'second' }), performance.now(), ignore);

  deliveryQueue.keepLost(
    report('a', { is_success: false, result: 'killed' }),
    Date.now() - 1_000,
    ignore,
  );

  expect(spool.next(2)).toMatchObject([{ report: { result: 'second' } }]);
});

test('what a failed attempt leaves is the later one, even within one millisecond', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { deliveryQueue, platform, spool } = await setUp();
  platform.setFaults({ kind: 'latency', ms: 50, times: 1 });

  // The second has no time left when the first has arrived, so it has to wait in its file.
  await Promise.all([
    deliveryQueue.send(report('a', { result: 'first' }), soon(), ignore),
    deliveryQueue.send(report('a', { result: 'second' }), performance.now() + 20, ignore),
  ]);

  expect(results(platform)).toEqual(['first']);
  expect(spool.next(2)).toMatchObject([{ report: { result: 'second' } }]);
});

test('an attempt is later than those before it although the clock was set back', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 5_000 });
  onTestFinished(() => void vi.useRealTimers());
  const latest = createLatest();
  const at = (since: number) => ({
    report: report('a'),
    attempts: 0,
    reason: '',
    since,
  });

  const first = latest.begin('a', Date.now());
  vi.setSystemTime(1_000);
  const second = latest.begin('a', Date.now());

  expect(latest.isOutdated(at(first))).toBe(true);
  expect(latest.isOutdated(at(second))).toBe(false);
});

test('the last thousand runs are remembered, counted from their last attempts', () => {
  const latest = createLatest();
  const old = (id: string) => ({
    report: report(id),
    attempts: 0,
    reason: '',
    since: 1,
  });

  for (const id of ['repeated', 'once']) latest.begin(id, 2);
  for (let count = 0; count < 998; count += 1) latest.begin(`run-${count}`, 2);
  latest.begin('repeated', 2);
  latest.begin('another', 2);

  expect(latest.isOutdated(old('repeated'))).toBe(true);
  expect(latest.isOutdated(old('once'))).toBe(false);
});

test('a report that the disk loses while it is sent is a log line', async () => {
  const { deliveryQueue, platform, folder, lines } = await setUp();
  platform.setFaults({ kind: 'status', status: 500 });

  const sending = deliveryQueue.send(report('a'), soon(), ignore);
  renameSync(folder, `${folder}-gone`);
  writeFileSync(folder, '');
  await sending;

  expect(lines).toEqual([expect.stringMatching(/^undelivered report .*"id":"a"/)]);
});

test('what is on its way is not sent a second time with what waits', async () => {
  const { deliveryQueue, platform } = await setUp();
  platform.setFaults({ kind: 'latency', ms: 100, times: 1 });

  const sending = deliveryQueue.send(report('a', { result: 'on its way' }), soon(), ignore);
  await deliveryQueue.send(report('b', { result: 'waiting' }), performance.now(), ignore);
  await Promise.all([sending, deliveryQueue.sendWaiting(soon(), 1)]);

  expect(results(platform).sort()).toEqual(['on its way', 'waiting']);
});

test('when others have taken what waited, the next report may try instead', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { deliveryQueue, platform, folder } = await setUp();
  platform.setFaults({ kind: 'drop' });
  for (const id of ['a', 'b', 'c']) await deliveryQueue.send(report(id), soon(), ignore);
  platform.setFaults(undefined);
  for (const name of readdirSync(folder)) rmSync(join(folder, name));

  // A freeze: the pause after the failures is over, and one request may find out.
  vi.setSystemTime(Date.now() + 10_000);
  await deliveryQueue.sendWaiting(soon(), 1);
  await deliveryQueue.send(report('new'), soon(), ignore);

  expect(platform.tasks()).toMatchObject([{ id: 'new' }]);
});

test('without time for a line each, the log says how many reports end with the environment', async () => {
  const { deliveryQueue, platform, spool, lines } = await setUp();
  platform.setFaults({ kind: 'drop' });
  for (const id of ['a', 'b']) await deliveryQueue.send(report(id), performance.now(), ignore);
  lines.length = 0;

  await deliveryQueue.writeOut(performance.now());

  expect(lines).toEqual([
    expect.stringMatching(/^undelivered reports lost: 2 could not be logged/),
  ]);
  expect(spool.size().count).toBe(2);
});

test('the log says how many reports follow, in case the process is killed before the last', async () => {
  const { deliveryQueue, lines } = await setUp();
  for (let n = 0; n < 20; n += 1) deliveryQueue.keepForLater(report(`run-${n}`));

  await deliveryQueue.writeOut(soon());

  expect(lines[0]).toMatch(/^undelivered reports: 20 are logged next/);
  expect(lines.slice(1)).toEqual(Array(20).fill(expect.stringMatching(/^undelivered report \{/)));
});

test('a success that waits is not sent beside a failure, which may be refused', async () => {
  const { deliveryQueue, platform } = await setUp();
  deliveryQueue.keepForLater(report('success'));
  deliveryQueue.keepForLater(report('failure', { is_success: false }));
  platform.setFaults({ kind: 'status', status: 429, times: 1 });

  await deliveryQueue.sendWaiting(soon(), 2);

  expect(platform.requests()).toHaveLength(1);
  expect(platform.tasks()).toEqual([]);
});

test('what a log that is stuck has not taken in time stays in its file', async () => {
  const folder = temporaryFolder();
  const child = spawn(process.execPath, ['--input-type=module', '--eval', stuckLog(folder)]);
  onTestFinished(() => void child.kill('SIGKILL'));

  // Nobody reads what the child writes into its log, which is a pipe.
  child.stderr.pause();
  const [said] = await once(child.stdout, 'data');

  expect(String(said)).toBe('100 of 100 are left\n');
});

function stuckLog(folder: string): string {
  const from = (path: string) =>
    JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href);
  return `
    import { writeSync } from 'node:fs';
    const { createDeliveryQueue } = await import(${from('delivery/queue/delivery-queue.ts')});
    const { createSpool } = await import(${from('delivery/spool/spool.ts')});
    const { createSendPolicy } = await import(${from('delivery/policy/send-policy.ts')});
    const { createFreezes } = await import(${from('delivery/execution-environment/freezes.ts')});
    const { createLog } = await import(${from('base/log.ts')});
    const spool = createSpool({ folder: ${JSON.stringify(folder)} });
    for (let n = 0; n < 100; n += 1) {
      const report = { ...${JSON.stringify(report('x'))}, id: 'run-' + n, input: 'x'.repeat(50_000) };
      spool.keep({ report, attempts: 0, reason: '', since: n });
    }
    const deliveryQueue = createDeliveryQueue({
      destination: { baseUrl: 'http://127.0.0.1:9', agentId: 'a', apiKeys: undefined },
      sendPolicy: createSendPolicy(), freezes: createFreezes(), spool, logsKept: false, log: createLog('warn'),
    });
    await deliveryQueue.writeOut(performance.now() + 200);
    writeSync(1, spool.size().count + ' of 100 are left\\n');
    setInterval(() => {}, 1_000);`;
}

interface Stage {
  readonly deliveryQueue: DeliveryQueue;
  readonly platform: LocalPlatform;
  readonly spool: Spool;
  readonly folder: string;
  /** The warnings and errors that were logged. */
  readonly lines: string[];
}

async function setUp(): Promise<Stage> {
  const platform = await startLocalPlatform();
  onTestFinished(() => platform.close());
  const lines: string[] = [];
  const collect = (line: string): void => void lines.push(line);
  const folder = join(temporaryFolder(), 'spool');
  const spool = createSpool({ folder });
  const deliveryQueue = createDeliveryQueue({
    destination: {
      baseUrl: platform.url,
      agentId: 'agent-123',
      apiKeys: createApiKeyProvider({ kind: 'value', apiKey: 'key' }),
    },
    sendPolicy: createSendPolicy(),
    freezes: createFreezes(),
    spool,
    logsKept: false,
    log: { debug: ignore, info: ignore, warn: collect, error: collect },
  });
  return { deliveryQueue, platform, spool, folder, lines };
}

/** Of all reports that the platform took, in their order. */
function results(platform: LocalPlatform): unknown[] {
  return platform
    .requests()
    .filter(({ method }) => method === 'POST')
    .map(({ body }) => (body as WireTaskReport).result);
}

function report(id: string, fields: Partial<WireTaskReport> = {}): WireTaskReport {
  return {
    id,
    input: 'why?',
    llm_response: null,
    tokens: null,
    is_success: true,
    result: 'because',
    duration: 1,
    used_tools: [],
    ...fields,
  };
}

function soon(): number {
  return performance.now() + 2_000;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'xpander-lambda-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function ignore(): void {}
