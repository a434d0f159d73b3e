import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { identityOf } from '../../src/base/process-identity.ts';
import { stubFileName } from '../../src/delivery/journal/journal-entry.ts';
import { recoverBeforeFirstEvent } from '../../src/reporter/recovery.ts';
import type { TaskDelivery } from '../../src/reporter/task-delivery.ts';
import { fakeRuntime } from '../delivery/lambda-extension/fake-runtime.ts';

const settings = { agentId: 'agent-123', baseUrl: 'https://inbound.xpander.ai' };
const own = identityOf('self') ?? '';
// Its number is free again, and another process that gets it has begun later.
const dead = `${spawnSync('true').pid}-1`;

// Each test stands for a process of its own.
beforeEach(() => {
  Reflect.deleteProperty(globalThis, Symbol.for('xpander-lambda.recovered.1'));
});

test.each<[string, Record<string, string[]>]>([
  ['a task of a dead process', { runs: [stubFileName(dead)] }],
  ['a task of a dead process beside one of this process', { runs: [own, dead].map(stubFileName) }],
  ['a report that waits', { runs: [stubFileName(own)], 'spool-0123': ['0-report.json'] }],
])('%s delays the first event, for a tenth of the timeout at most', async (_, files) => {
  const { recovered, runtime } = recover(files);

  const [delay, ...others] = runtime.delays;
  await delay?.work;

  expect(others).toEqual([]);
  expect(delay?.limitMs).toBe(300);
  expect(recovered()).toBe(1);
});

test.each<[string, Record<string, string[]> | undefined]>([
  ['no folder', undefined],
  ['an empty folder', {}],
  ['empty folders in it', { runs: [], 'spool-0123': [] }],
  ['only files of this process', { runs: [stubFileName(own), stubFileName(own)] }],
])('%s delays nothing, and loads nothing', (_, files) => {
  const { load, runtime } = recover(files);

  expect(runtime.delays).toEqual([]);
  expect(load).not.toHaveBeenCalled();
});

test('a file that a dead process has emptied is no leftover', () => {
  const folder = folderWith({ runs: [stubFileName(dead)] });
  for (const file of readdirSync(join(folder, 'runs')))
    writeFileSync(join(folder, 'runs', file), '');

  expect(recover(folder).runtime.delays).toEqual([]);
});

test('the socket of the sentinel is no leftover', () => {
  const folder = folderWith({ runs: [] });
  writeFileSync(join(folder, 'sentinel.sock'), '');

  expect(recover(folder).runtime.delays).toEqual([]);
});

test('a start that took a fifth of the timeout leaves it to the first delivery', () => {
  const folder = folderWith({ runs: [stubFileName(dead)] });

  const { runtime, load } = recover(folder, fakeRuntime(), settings, 601);
  const others = recover(folder, fakeRuntime(), settings, 599);

  expect(runtime.delays).toEqual([]);
  expect(load).not.toHaveBeenCalled();
  expect(others.runtime.delays).toHaveLength(1);
});

test.each([
  [1_000, 100],
  [10_000, 1_000],
  [900_000, 1_000],
])('a stub tells the timeout: of %d ms the start waits for %d', (timeoutMs, limitMs) => {
  const folder = folderWith({ runs: [] });
  const stub = { id: 'a', agentId: 'b', baseUrl: 'c', startedAt: 5, deadlineMs: 5 + timeoutMs };
  const text = `\n${JSON.stringify(stub)}\n${JSON.stringify({ raw: { input: 'x'.repeat(5_000) } })}`;
  writeFileSync(join(folder, 'runs', stubFileName(dead)), text);

  expect(recover(folder).runtime.delays.map((delay) => delay.limitMs)).toEqual([limitMs]);
});

test('a runtime that has asked for its first event is not delayed', () => {
  const folder = folderWith({ runs: [stubFileName(dead)] });

  const { load } = recover(folder, fakeRuntime({ hasAsked: () => true }));

  expect(load).not.toHaveBeenCalled();
});

test('several reporters of one destination recover once, those of another one as well', () => {
  const folder = folderWith({ runs: [stubFileName(dead)] });

  const first = recover(folder);
  const second = recover(folder);
  const other = recover(folder, fakeRuntime(), { ...settings, agentId: 'agent-456' });

  const delays = [first, second, other].map(({ runtime }) => runtime.delays.length);
  expect(delays).toEqual([1, 0, 1]);
});

test('an internal error is logged, and the first event comes', async () => {
  const error = new Error('an error of ours');
  const folder = folderWith({ runs: [stubFileName(dead)] });
  const runtime = fakeRuntime();
  const errors: unknown[] = [];

  recoverBeforeFirstEvent(
    { folder, endsUnannounced: false, isShared: false },
    settings,
    runtime,
    () => Promise.reject(error),
    (thrown) => void errors.push(thrown),
    100,
  );

  await expect(runtime.delays[0]?.work).resolves.toBeUndefined();
  expect(errors).toEqual([error]);
});

function recover(
  files: string | Record<string, string[]> | undefined,
  runtime = fakeRuntime(),
  destination = settings,
  uptimeMs = 100,
) {
  const folder = typeof files === 'string' ? files : folderWith(files);
  let recovered = 0;
  const recovery: Pick<TaskDelivery, 'recover'> = {
    recover: async () => {
      recovered += 1;
    },
  };
  const delivery = recovery as TaskDelivery;
  const load = vi.fn(async () => delivery);
  recoverBeforeFirstEvent(
    { folder, endsUnannounced: false, isShared: false },
    destination,
    runtime,
    load,
    () => expect.unreachable(),
    uptimeMs,
  );
  return { load, runtime, recovered: () => recovered };
}

/** Undefined: a folder that is not there. */
function folderWith(files: Record<string, string[]> | undefined): string {
  const parent = mkdtempSync(join(tmpdir(), 'xpander-lambda-'));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  const folder = join(parent, 'storage');
  if (files === undefined) return folder;
  mkdirSync(folder);
  for (const [name, names] of Object.entries(files)) {
    mkdirSync(join(folder, name));
    for (const file of names) writeFileSync(join(folder, name, file), '{}');
  }
  return folder;
}
