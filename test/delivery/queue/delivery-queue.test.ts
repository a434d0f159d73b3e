import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createApiKeyProvider } from '../../../src/delivery/credentials/api-key.ts';
import { createFreezes } from '../../../src/delivery/execution-environment/freezes.ts';
import { createSendPolicy } from '../../../src/delivery/policy/send-policy.ts';
import {
  createDeliveryQueue,
  type DeliveryQueue,
  type DeliveryQueueParts,
} from '../../../src/delivery/queue/delivery-queue.ts';
import { createSpool, type Spool } from '../../../src/delivery/spool/spool.ts';
import type { Faults } from '../../../src/local/server/faults.ts';
import {
  type LocalPlatform,
  startLocalPlatform,
} from '../../../src/local/server/local-platform.ts';
import type { WireTaskReport } from '../../../src/platform/task-report.ts';

test('a report that is delivered is safe before, and not kept after', async () => {
  const { deliveryQueue, platform, spool, lines } = await setUp();
  const safe: number[] = [];

  await deliveryQueue.send(report('a'), soon(), () => safe.push(platform.requests().length));

  expect(safe[0]).toBe(0);
  expect(platform.tasks()).toMatchObject([{ id: 'a', status: 'completed' }]);
  expect(spool?.size().count).toBe(0);
  expect(lines).toEqual([]);
});

test('what the platform cannot take is kept, said once, and sent later, failures first', async () => {
  const { deliveryQueue, platform, spool, lines } = await setUp();
  platform.setFaults({ kind: 'drop' });
  await deliveryQueue.send(report('a'), soon(), ignore);
  await deliveryQueue.send(report('b', { is_success: false }), soon(), ignore);
  expect(spool?.size().count).toBe(2);
  platform.setFaults(undefined);

  await deliveryQueue.sendWaiting(soon(), 1);
  expect(statuses(platform)).toEqual({ b: 'failed' });
  await deliveryQueue.sendWaiting(soon(), Number.POSITIVE_INFINITY);

  expect(statuses(platform)).toEqual({ a: 'completed', b: 'failed' });
  expect(spool?.size().count).toBe(0);
  expect(lines).toEqual([
    expect.stringMatching(/^warn reports are kept for later: ConnectionError/),
    expect.stringMatching(/^info the platform takes reports again/),
  ]);
});

test('what the platform refuses is a log line at once', async () => {
  const { deliveryQueue, spool, lines } = await setUp({ kind: 'status', status: 422 });

  await deliveryQueue.send(report('a'), soon(), ignore);

  expect(spool?.size().count).toBe(0);
  expect(lines).toEqual([expect.stringMatching(/^error undelivered report .*422.*"id":"a"/)]);
});

test('without time a report is kept, and the platform is not blamed', async () => {
  const { deliveryQueue, platform, spool } = await setUp();

  for (const id of ['a', 'b', 'c', 'd'])
    await deliveryQueue.send(report(id), performance.now(), ignore);
  await deliveryQueue.sendWaiting(soon(), Number.POSITIVE_INFINITY);

  expect(platform.tasks()).toHaveLength(4);
  expect(spool?.size().count).toBe(0);
});

test('while the platform is down, reports cost no request', async () => {
  const { deliveryQueue, platform, spool } = await setUp({ kind: 'drop' });
  for (const id of ['a', 'b', 'c']) await deliveryQueue.send(report(id), soon(), ignore);
  const asked = platform.requests().length;

  for (const id of ['d', 'e', 'f']) await deliveryQueue.send(report(id), soon(), ignore);
  await deliveryQueue.sendWaiting(soon(), Number.POSITIVE_INFINITY);

  expect(platform.requests()).toHaveLength(asked);
  expect(spool?.size().count).toBe(6);
});

test('the failure of a lost run is sent, unless a later attempt has finished', async () => {
  const { deliveryQueue, platform, spool } = await setUp();
  await deliveryQueue.send(report('finished'), soon(), ignore);

  for (const id of ['finished', 'lost']) {
    const failed = report(id, { is_success: false, result: 'killed' });
    (await another(platform, spool)).keepLost(failed, Date.now() - 60_000, ignore);
  }
  await (await another(platform, spool)).sendWaiting(soon(), Number.POSITIVE_INFINITY);

  expect(statuses(platform)).toEqual({ finished: 'completed', lost: 'failed' });
  expect(spool?.size().count).toBe(0);
});

test.each(['before', 'while'])(
  'a later attempt of this process is not overwritten by what was kept %s it is sent',
  async (when) => {
    const { deliveryQueue, platform } = await setUp();
    const failed = report('a', { is_success: false });
    if (when === 'before') deliveryQueue.keepLost(failed, Date.now() - 1_000, ignore);

    const sending = deliveryQueue.send(report('a'), soon(), ignore);
    if (when === 'while') deliveryQueue.keepLost(failed, Date.now() - 1_000, ignore);
    await Promise.all([sending, deliveryQueue.sendWaiting(soon(), 1)]);
    await deliveryQueue.sendWaiting(soon(), Number.POSITIVE_INFINITY);

    expect(statuses(platform)).toEqual({ a: 'completed' });
  },
);

test('when the rate limit is felt, failures that wait go before new successes', async () => {
  // Those that were limited come back at random within twelve seconds; this one is the first.
  vi.spyOn(Math, 'random').mockReturnValue(0);
  const { deliveryQueue, platform, spool } = await setUp({
    kind: 'status',
    status: 429,
    headers: { 'retry-after': '0.05' },
    times: 1,
  });
  await deliveryQueue.send(report('failed', { is_success: false }), soon(), ignore);

  await expect
    .poll(
      async () => {
        await deliveryQueue.send(report('new'), soon(), ignore);
        await deliveryQueue.sendWaiting(soon(), 1);
        return spool?.size().count;
      },
      { timeout: 20_000, interval: 200 },
    )
    .toBe(1);

  expect(statuses(platform)).toEqual({ failed: 'failed' });
});

test('where the log is told of what is kept, it is told once', async () => {
  const { deliveryQueue, spool, lines } = await setUp({ kind: 'drop' }, { logsKept: true });
  await deliveryQueue.send(report('a'), soon(), ignore);

  await deliveryQueue.sendWaiting(soon(), Number.POSITIVE_INFINITY);
  await deliveryQueue.writeOut(soon());

  expect(lines).toEqual([expect.stringMatching(/^error undelivered report .*"id":"a"/)]);
  expect(spool?.size().count).toBe(0);
});

test('at the end all that waits is written out', async () => {
  const { deliveryQueue, spool, lines } = await setUp({ kind: 'drop' });
  for (const id of ['a', 'b', 'c']) await deliveryQueue.send(report(id), soon(), ignore);

  await deliveryQueue.writeOut(soon());

  const written = lines.filter((line) => line.includes('undelivered'));
  expect(written.map((line) => /"id":"(.)"/.exec(line)?.[1]).sort()).toEqual(['a', 'b', 'c']);
  expect(spool?.size().count).toBe(0);
});

test.each(['no folder', 'a folder that cannot be written'])(
  'with %s an undelivered report is a log line',
  async (kind) => {
    const file = join(temporaryFolder(), 'taken');
    writeFileSync(file, '');
    const spool = kind === 'no folder' ? undefined : createSpool({ folder: file });
    const { deliveryQueue, lines } = await setUp({ kind: 'drop' }, { spool });

    await deliveryQueue.send(report('a'), soon(), ignore);

    expect(lines).toEqual([expect.stringMatching(/^error undelivered report .*"id":"a"/)]);
  },
);

test('a failure about which the platform will not be asked is a log line, and holds up nobody', async () => {
  const refused = { kind: 'status', status: 422, calls: 'all', times: 1 } as const;
  const { deliveryQueue, platform, spool, lines } = await setUp();
  deliveryQueue.keepLost(report('lost', { is_success: false }), Date.now() - 1_000, ignore);
  await deliveryQueue.send(report('later'), performance.now(), ignore);
  platform.setFaults(refused);

  await deliveryQueue.sendWaiting(soon(), 1);
  await deliveryQueue.sendWaiting(soon(), 1);

  expect(statuses(platform)).toEqual({ later: 'completed' });
  expect(spool?.size().count).toBe(0);
  expect(lines.filter((line) => line.includes('undelivered'))).toEqual([
    expect.stringMatching(/"id":"lost"/),
  ]);
});

test.each([
  ['kept', { kind: 'drop' }],
  ['refused', { kind: 'status', status: 422 }],
] as const)('the log that has one attempt is told of the next, which is %s', async (_, faults) => {
  const { deliveryQueue, platform, lines } = await setUp({ kind: 'drop' }, { logsKept: true });
  await deliveryQueue.send(report('a', { is_success: false, result: 'first' }), soon(), ignore);
  platform.setFaults(faults);

  await deliveryQueue.send(report('a', { result: 'second' }), soon(), ignore);

  expect(lines).toEqual([
    expect.stringMatching(/undelivered report .*"result":"first"/),
    expect.stringMatching(/undelivered report .*"result":"second"/),
  ]);
});

describe('a lost task of which no file can be kept', () => {
  test('is sent while the platform takes reports, and is safe then', async () => {
    const { deliveryQueue, platform, lines } = await setUp(undefined, { spool: fullDisk() });
    const safe: number[] = [];

    deliveryQueue.keepLost(failed, Date.now(), () => safe.push(platform.tasks().length));
    expect(safe).toEqual([]);
    await deliveryQueue.sendWaiting(soon(), Number.POSITIVE_INFINITY);
    await deliveryQueue.sendWaiting(soon(), Number.POSITIVE_INFINITY);

    expect(statuses(platform)).toEqual({ lost: 'failed' });
    expect(safe).toEqual([1]);
    expect(lines).toEqual([]);
  });

  test('is logged while the platform takes none, and is safe then', async () => {
    const { deliveryQueue, lines } = await setUp({ kind: 'drop' }, { spool: fullDisk() });
    const safe: number[] = [];

    deliveryQueue.keepLost(failed, Date.now(), () => safe.push(lines.length));
    await deliveryQueue.sendWaiting(soon(), Number.POSITIVE_INFINITY);
    await deliveryQueue.sendWaiting(soon(), Number.POSITIVE_INFINITY);

    const logged = lines.filter((line) => line.includes('undelivered'));
    expect(logged).toEqual([expect.stringMatching(/^error undelivered report .*"id":"lost"/)]);
    expect(safe).toEqual([lines.length]);
  });

  test('is neither sent nor logged when a later attempt has finished', async () => {
    const { deliveryQueue, platform, lines } = await setUp(undefined, { spool: fullDisk() });
    await (await another(platform, undefined)).send(report('lost'), soon(), ignore);
    const isSafe = vi.fn();

    deliveryQueue.keepLost(failed, Date.now() - 60_000, isSafe);
    await deliveryQueue.sendWaiting(soon(), Number.POSITIVE_INFINITY);

    expect(statuses(platform)).toEqual({ lost: 'completed' });
    expect(isSafe).toHaveBeenCalledTimes(1);
    expect(lines).toEqual([]);
  });

  test('gives way to a later attempt of this process', async () => {
    const { deliveryQueue, platform, lines } = await setUp(undefined, { spool: fullDisk() });
    const isSafe = vi.fn();

    deliveryQueue.keepLost(failed, Date.now() - 1_000, isSafe);
    await deliveryQueue.send(report('lost'), soon(), ignore);
    await deliveryQueue.sendWaiting(soon(), Number.POSITIVE_INFINITY);

    expect(statuses(platform)).toEqual({ lost: 'completed' });
    expect(isSafe).toHaveBeenCalledTimes(1);
    expect(lines).toEqual([]);
  });

  const failed = report('lost', { is_success: false, result: 'killed' });

  /** A spool that can write no file: there is one where its folder would be. */
  function fullDisk(): Spool {
    const file = join(temporaryFolder(), 'taken');
    writeFileSync(file, '');
    return createSpool({ folder: file });
  }
});

test('a lost task that is kept in a file is safe at once, and once', async () => {
  const { deliveryQueue } = await setUp();
  const isSafe = vi.fn();

  deliveryQueue.keepLost(report('lost', { is_success: false }), Date.now(), isSafe);
  expect(isSafe).toHaveBeenCalledTimes(1);
  await deliveryQueue.sendWaiting(soon(), Number.POSITIVE_INFINITY);

  expect(isSafe).toHaveBeenCalledTimes(1);
});

interface Stage {
  readonly deliveryQueue: DeliveryQueue;
  readonly platform: LocalPlatform;
  readonly spool: Spool | undefined;
  /** What was logged, each line after its severity. */
  readonly lines: string[];
}

async function setUp(faults?: Faults, parts: Partial<DeliveryQueueParts> = {}): Promise<Stage> {
  const platform = await startLocalPlatform(faults ? { faults } : {});
  onTestFinished(() => platform.close());
  const lines: string[] = [];
  const log = {
    debug: ignore,
    info: (line: string) => void lines.push(`info ${line}`),
    warn: (line: string) => void lines.push(`warn ${line}`),
    error: (line: string) => void lines.push(`error ${line}`),
  };
  const spool = 'spool' in parts ? parts.spool : createSpool({ folder: temporaryFolder() });
  return { deliveryQueue: outboxOf(platform, { ...parts, spool, log }), platform, spool, lines };
}

/** The delivery queue of another process. */
async function another(platform: LocalPlatform, spool: Spool | undefined): Promise<DeliveryQueue> {
  return outboxOf(platform, { spool });
}

function outboxOf(platform: LocalPlatform, parts: Partial<DeliveryQueueParts>): DeliveryQueue {
  return createDeliveryQueue({
    destination: {
      baseUrl: platform.url,
      agentId: 'agent-123',
      apiKeys: createApiKeyProvider({ kind: 'value', apiKey: 'key' }),
    },
    sendPolicy: createSendPolicy(),
    freezes: createFreezes(),
    spool: undefined,
    logsKept: false,
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    ...parts,
  });
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

function statuses(platform: LocalPlatform): Record<string, string> {
  return Object.fromEntries(platform.tasks().map(({ id, status }) => [id, status]));
}

function soon(): number {
  return performance.now() + 1_000;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'xpander-lambda-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function ignore(): void {}
