/** The function runs, whatever is in the sentinel's way. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { reportsOf } from '../support/reports-of.ts';
import { type BuiltSentinel, buildSentinel, startGuarded } from './guarded-function.ts';

let sentinel: BuiltSentinel;
beforeAll(async () => {
  sentinel = await buildSentinel();
});
afterAll(() => sentinel[Symbol.asyncDispose]());

test('without a spool a report is delivered all the same', async () => {
  const { platform, tmp } = await prepare();
  const queue = JSON.stringify([platform.url, 'agent-123', 'key-of-the-test']);
  const destination = createHash('sha256').update(queue).digest('hex');
  mkdirSync(join(tmp, 'xpander-lambda'));
  // Where a file lies there can be no folder: nothing is kept, as on a full disk.
  writeFileSync(join(tmp, 'xpander-lambda', `spool-${destination.slice(0, 16)}`), '');
  const { lambda } = await startGuarded(sentinel, { platform, tmp });

  const answered = await lambda.invoke({ way: 'answers' });
  await answered.settled;
  const lost = await lambda.invoke({ way: 'isKilled' });
  await lost.settled;

  expect(reportsOf(platform, { awsRequestId: answered.requestId })).toMatchObject([
    { is_success: true },
  ]);
  expect(reportsOf(platform, { awsRequestId: lost.requestId })).toMatchObject([
    { is_success: false },
  ]);
  expect(
    readdirSync(join(tmp, 'xpander-lambda')).filter((name) => name.startsWith('spool-')),
  ).toEqual([`spool-${destination.slice(0, 16)}`]);
});

test('without a folder in common the function reports alone', async () => {
  const { platform, tmp } = await prepare();
  writeFileSync(join(tmp, 'xpander-lambda'), '');
  const { lambda } = await startGuarded(sentinel, { platform, tmp });

  const result = await lambda.invoke({ way: 'answers' });
  await result.settled;
  await lambda.shutdown();

  expect(result).toMatchObject({ kind: 'response', body: '"here I am"' });
  expect(reportsOf(platform, { awsRequestId: result.requestId })).toHaveLength(1);
  expect(lambda.timeline.at(-1)).toMatchObject({ what: 'exit', detail: '0' });
});

test('what it does not understand does it no harm', async () => {
  const { platform, tmp } = await prepare();
  const { lambda } = await startGuarded(sentinel, { platform, tmp, freeze: false });
  const stranger = connect(join(tmp, 'xpander-lambda', 'sentinel.sock'));
  onTestFinished(() => void stranger.destroy());
  const lines = [
    'GET / HTTP/1.1',
    '[]',
    '{"kind":"report","run":1}',
    '{"kind":"hello","destination":{"agentId":1}}',
    '{"kind":"begin","run":1,"requestId":7,"stub":{"id":null}}',
    'x'.repeat(17 * 1024 * 1024),
    '{"kind":"step","run":"1","step":null}',
  ];
  // Nobody reads it before the first event.
  stranger.write(`${lines.join('\n')}\n`);

  const result = await lambda.invoke({ way: 'answers' });
  await result.settled;

  expect(result).toMatchObject({ kind: 'response' });
  expect(platform.tasks()).toHaveLength(1);
  expect(lambda.logs.filter((line) => line.includes('cannot be read'))).toHaveLength(1);
});

test('a socket that an earlier environment has left is in nobody’s way', async () => {
  const { platform, tmp } = await prepare();
  const { lambda } = await startGuarded(sentinel, { platform, tmp });

  await (await lambda.invoke({ way: 'exits' })).settled;
  const isLeft = existsSync(join(tmp, 'xpander-lambda', 'sentinel.sock'));
  const next = await lambda.invoke({ way: 'answers' });
  await next.settled;

  expect(isLeft).toBe(true);
  expect(platform.tasks().map(({ status }) => status)).toEqual(
    expect.arrayContaining(['failed', 'completed']),
  );
});

test('lost polls are asked for again', async () => {
  const { lambda, platform } = await startGuarded(sentinel, { freeze: false, timeoutMs: 1_500 });
  await (await lambda.invoke({ way: 'answers' })).settled;

  lambda.dropExtensionPolls();
  await lambda.invoke({ way: 'answers' }).then(({ settled }) => settled);
  const result = await lambda.invoke({ way: 'answers' });
  await result.settled;

  expect(result).toMatchObject({ kind: 'response' });
  expect(reportsOf(platform, { awsRequestId: result.requestId })).toHaveLength(1);
});

test('on Managed Instances reports leave as they come, and a killed process is told', async () => {
  const { lambda, platform } = await startGuarded(sentinel, {
    managedInstances: { maxConcurrency: 4, workers: 2 },
    memoryMb: 512,
  });

  const results = await Promise.all(
    [1, 2, 3].map(() => lambda.invoke({ way: 'isSlow', waitMs: 20 })),
  );

  expect(results.map(({ kind }) => kind)).toEqual(['response', 'response', 'response']);
  await expect.poll(() => platform.tasks().length).toBe(3);
  const lost = await lambda.invoke({ way: 'isKilled' });
  await expect
    .poll(() => reportsOf(platform, { awsRequestId: lost.requestId }))
    .toMatchObject([{ is_success: false, result: expect.stringMatching(/killed/) }]);
});

test.each([
  ['its program cannot be read', false],
  ['there is no Node.js', true],
])('%s: the launcher keeps its place among the extensions', async (_, hidesNode) => {
  const extensions = await mkdtemp(join(tmpdir(), 'extensions-'));
  onTestFinished(() => rm(extensions, { recursive: true, force: true }));
  const launcher = readFileSync(join(sentinel.extensions, 'xpander-sentinel'), 'utf8');
  const without = launcher.replace(/^node=\/var.*\n.*$/m, 'node=');
  const text = hidesNode ? without : launcher;
  writeFileSync(join(extensions, 'xpander-sentinel'), text, { mode: 0o755 });
  const { lambda, platform } = await startGuarded(sentinel, { extensions });

  const results = [
    await lambda.invoke({ way: 'answers' }),
    await lambda.invoke({ way: 'answers' }),
  ];
  await results[1]?.settled;

  expect(results.map(({ kind }) => kind)).toEqual(['response', 'response']);
  expect(platform.tasks()).toHaveLength(2);
  expect(lambda.logs.filter((line) => line.includes('the sentinel does nothing'))).toHaveLength(1);
});

test('a fault in the sentinel leaves the function to itself', async () => {
  const broken = await mkdtemp(join(tmpdir(), 'broken-'));
  onTestFinished(() => rm(broken, { recursive: true, force: true }));
  await cp(sentinel.opt, broken, { recursive: true });
  const program = join(broken, 'xpander-lambda', 'sentinel');
  writeFileSync(join(program, 'chunks', 'service.mjs'), 'throw new RangeError("a mistake");');
  const { lambda, platform } = await startGuarded(sentinel, {
    extensions: join(broken, 'extensions'),
  });

  const results = [
    await lambda.invoke({ way: 'answers' }),
    await lambda.invoke({ way: 'answers' }),
  ];
  await results[1]?.settled;

  expect(results.map(({ kind }) => kind)).toEqual(['response', 'response']);
  expect(platform.tasks()).toHaveLength(2);
  expect(lambda.logs).toEqual([
    expect.stringMatching(/continues after an internal error.*a mistake/),
  ]);
});

test('on Node.js 22 it is the same', async () => {
  const { lambda, platform } = await startGuarded(sentinel, { runtime: 'nodejs22.x' });

  await (await lambda.invoke({ way: 'answers' })).settled;
  await (await lambda.invoke({ way: 'rejectsElsewhere' })).settled;

  expect(
    platform
      .tasks()
      .map(({ status }) => status)
      .toSorted(),
  ).toEqual(['completed', 'failed']);
});

async function prepare() {
  const tmp = await mkdtemp(join(tmpdir(), 'lambda-'));
  onTestFinished(() => rm(tmp, { recursive: true, force: true }));
  const platform = await startLocalPlatform();
  onTestFinished(() => platform.close());
  return { platform, tmp };
}
