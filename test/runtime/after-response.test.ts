/** The caller waits for nothing, and the report is out before Lambda freezes the environment. */
import { mkdir, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import type { InvocationResult } from '../support/lambda/invocation-result.ts';
import { type Lambda, type LambdaOptions, startLambda } from '../support/lambda/lambda.ts';
import { reportsOf } from '../support/reports-of.ts';
import { reportingTo } from '../support/sample-function.ts';

// Longer than anything else in an invocation takes on a busy machine.
const slowMs = 1_000;
const slow = { kind: 'latency', ms: slowMs } as const;
const functions = fileURLToPath(new URL('../functions', import.meta.url));
const bundles = fileURLToPath(new URL('../functions/temp', import.meta.url));

describe.each([
  ['an ES module', () => functions],
  ['an ES module, bundled', () => bundled('esm')],
  ['CommonJS, bundled', () => bundled('cjs')],
])('%s', (_, taskRoot) => {
  test.each(['wrapped', 'reportedByMiddy', 'leavesTimer'])('%s', async (name) => {
    const { lambda, platform } = await setUp(name, { taskRoot: await taskRoot() });

    const answered = await invoke(lambda, { question: 'why?' });
    const failed = await invoke(lambda, { question: 'why?', fails: true });

    for (const result of [answered, failed]) expectNoWait(result);
    expect(reportsOf(platform, { awsRequestId: answered.requestId })).toMatchObject([
      { is_success: true, result: 'answer to why?', used_tools: ['search'] },
    ]);
    expect(reportsOf(platform, { awsRequestId: failed.requestId })).toMatchObject([
      { is_success: false, result: expect.stringMatching(/^Error: no answer\n/) },
    ]);
    expect(lambda.logs.filter((line) => line.includes('xpander'))).toEqual([]);
  });
});

test('two reporters of one run share the extension, and both reports are out', async () => {
  const { lambda, platform } = await setUp('twice');

  const result = await invoke(lambda, { question: 'why?' });

  expectNoWait(result);
  expect(happenings(lambda, 'extension-registered')).toHaveLength(1);
  expect(platform.tasks('agent-123')).toHaveLength(1);
  expect(platform.tasks('agent-456')).toHaveLength(1);
});

test('an invocation that nobody reports is not held', async () => {
  const { lambda, platform } = await setUp('bare', { timeoutMs: 60_000 });

  const { extensionOverheadMs } = await (await lambda.invoke({ question: 'why?' })).settled;

  // Not the minute that the function may take.
  expect(extensionOverheadMs).toBeLessThan(slowMs);
  expect(platform.requests()).toEqual([]);
});

test('a task that begins long after the event does not wait for its report either', async () => {
  const { lambda, platform } = await setUp('beginsLate');

  const first = await invoke(lambda, { question: 'a' });
  const second = await invoke(lambda, { question: 'b' });

  for (const { responseMs } of [first, second]) expect(responseMs).toBeLessThan(slowMs);
  expect(platform.tasks()).toHaveLength(2);
});

test('a reporter made in the first invocation is too late, and its responses wait', async () => {
  const { lambda, platform } = await setUp('handler', { file: 'lazily' });

  const result = await invoke(lambda, { question: 'why?' });

  expect(result.responseMs).toBeGreaterThan(slowMs);
  expect(happenings(lambda, 'registration-refused')).toMatchObject([
    { detail: 'Extension.RegistrationClosed' },
  ]);
  expect(platform.tasks()).toHaveLength(1);
  expect(lambda.logs).toEqual([]);
});

test('with the entry for ES modules it is early enough', async () => {
  const { lambda, platform } = await setUp('handler', { file: 'lazily-with-entry' });

  expectNoWait(await invoke(lambda, { question: 'why?' }));

  expect(platform.tasks()).toHaveLength(1);
});

describe.each<[string, Partial<LambdaOptions>]>([
  ['ten other extensions', { otherExtensions: 10 }],
  ['no Extensions API', { extensionsApi: 'missing' }],
  ['an Extensions API that hangs up', { extensionsApi: 'closed' }],
  ['an Extensions API that says nothing', { extensionsApi: 'silent' }],
])('%s', (_, options) => {
  test('responses wait for their reports, quietly', async () => {
    const { lambda, platform } = await setUp('wrapped', options);

    const results = [await invoke(lambda, {}), await invoke(lambda, {})];

    for (const result of results) expect(result.responseMs).toBeGreaterThan(slowMs);
    expect(platform.tasks()).toHaveLength(2);
    expect(lambda.logs).toEqual([]);
  });
});

test('where it is asked for, a warning says why responses wait', async () => {
  const { lambda } = await setUp('wrapped', {
    otherExtensions: 10,
    environment: { XPANDER_DELIVERY: 'after-response' },
  });

  expect(lambda.logs).toEqual([
    expect.stringContaining(
      'Extension registration failed (Extension.TooManyExtensions); responses will wait for their reports.',
    ),
  ]);
});

test('in-band registers nothing', async () => {
  const { lambda } = await setUp('wrapped', { environment: { XPANDER_DELIVERY: 'in-band' } });

  const result = await invoke(lambda, {});

  expect(result.responseMs).toBeGreaterThan(slowMs);
  expect(happenings(lambda, 'extension-registered')).toEqual([]);
});

test('when the connection to Lambda is lost no invocation waits for its timeout', async () => {
  const { lambda, platform } = await setUp('wrapped', { timeoutMs: 20_000 }, 'quick');
  await invoke(lambda, {});

  for (let round = 0; round < 3; round += 1) {
    expect(lambda.dropExtensionPolls()).toBe(1);
    for (let count = 0; count < 2; count += 1) {
      const result = await invoke(lambda, {});
      expect(await result.settled).toMatchObject({ kind: 'next' });
      expect((await result.settled).doneMs).toBeLessThan(5_000);
    }
  }

  expect(platform.tasks()).toHaveLength(7);
});

test('a connection to the platform that was closed during a freeze is replaced', async () => {
  const first = await startLocalPlatform();
  const port = Number(new URL(first.url).port);
  const { lambda } = await setUp('wrapped', { environment: reportingTo(first) }, 'quick');
  await invoke(lambda, { question: 'before' });
  await first.close();
  const second = await startLocalPlatform({ port });
  onTestFinished(() => second.close());

  const result = await invoke(lambda, { question: 'after' });

  expect(reportsOf(second, { awsRequestId: result.requestId })).toHaveLength(1);
  expect(lambda.logs.filter((line) => line.includes('undelivered'))).toEqual([]);
});

test('a delivery that a freeze interrupts goes on afterwards, with time of its own', async () => {
  // The environment is let go shortly before the function's timeout, while the platform hangs.
  const { lambda, platform } = await setUp('wrapped', { timeoutMs: 1_500 }, 'quick');
  await invoke(lambda, {});
  platform.setFaults({ kind: 'hang', times: 1 });
  const interrupted = await invoke(lambda, { question: 'interrupted' });
  await sleep(3_000);

  const later = await invoke(lambda, { question: 'later' });

  expect(await interrupted.settled).toMatchObject({ kind: 'next' });
  expect(reportsOf(platform, { awsRequestId: interrupted.requestId }).length).toBeGreaterThan(0);
  expect(reportsOf(platform, { awsRequestId: later.requestId })).toHaveLength(1);
  expect(platform.tasks().map(({ status }) => status)).toEqual(Array(3).fill('completed'));
});

test('provisioned concurrency: long between init and first event', async () => {
  const { lambda, platform } = await setUp('wrapped', {
    initializationType: 'provisioned-concurrency',
  });
  await sleep(500);

  expectNoWait(await invoke(lambda, {}));

  expect(platform.tasks()).toHaveLength(1);
});

test('a retry with the same request id updates the record', async () => {
  const { lambda, platform } = await setUp('wrapped', {}, 'quick');
  const requestId = 'c0ffee00-0000-4000-8000-000000000001';

  await (await lambda.invoke({ fails: true }, { requestId })).settled;
  await (await lambda.invoke({ question: 'again' }, { requestId })).settled;

  expect(platform.tasks()).toMatchObject([{ id: requestId, status: 'completed' }]);
});

/** A function that reports to a platform, which is slow unless said otherwise. */
async function setUp(
  name: string,
  { file = 'after-response', ...options }: Partial<LambdaOptions> & { file?: string } = {},
  speed: 'slow' | 'quick' = 'slow',
): Promise<{ lambda: Lambda; platform: LocalPlatform }> {
  const platform = await startLocalPlatform(speed === 'slow' ? { faults: slow } : {});
  onTestFinished(() => platform.close());
  const lambda = await startLambda({
    handler: `${file}.${name}`,
    taskRoot: functions,
    timeoutMs: 10_000,
    memoryMb: 512,
    ...options,
    environment: {
      XPANDER_AGENT_ID: 'agent-123',
      ...reportingTo(platform),
      ...options.environment,
    },
  });
  onTestFinished(() => lambda.close());
  return { lambda, platform };
}

async function invoke(lambda: Lambda, event: object): Promise<InvocationResult> {
  const result = await lambda.invoke(event);
  await result.settled;
  return result;
}

function expectNoWait(result: InvocationResult): void {
  expect(result.responseMs).toBeLessThan(slowMs / 2);
}

function happenings(lambda: Lambda, what: string): object[] {
  return lambda.timeline.filter((moment) => moment.what === what);
}

/** As NodejsFunction does it: one file that holds all but the SDK. */
async function bundled(format: 'cjs' | 'esm'): Promise<string> {
  const folder = `${bundles}/${format}-${crypto.randomUUID()}`;
  await mkdir(folder, { recursive: true });
  onTestFinished(() => rm(folder, { recursive: true }));
  await build({
    entryPoints: [`${functions}/after-response.mjs`],
    outfile: `${folder}/after-response.${format === 'cjs' ? 'cjs' : 'mjs'}`,
    bundle: true,
    minify: true,
    format,
    platform: 'node',
    target: 'node22',
    external: ['@aws-sdk/*'],
    logLevel: 'error',
  });
  return folder;
}
