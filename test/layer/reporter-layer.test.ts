/** The reporter layer with unchanged functions. */
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import type { InvocationResult } from '../support/lambda/invocation-result.ts';
import { type Lambda, startLambda } from '../support/lambda/lambda.ts';
import type { LambdaOptions } from '../support/lambda/lambda-options.ts';
import { reportsOf } from '../support/reports-of.ts';
import { bundleFunction } from '../support/rie/bundle-function.ts';
import { reportingTo } from '../support/sample-function.ts';
import { startSecretsManager } from '../support/secrets-manager.ts';
import { attached, reporterLayer } from './attached-layer.ts';

const functions = fileURLToPath(new URL('functions', import.meta.url));

describe.each(['nodejs24.x', 'nodejs22.x'] as const)('%s', (runtime) => {
  test('an unchanged function is reported', async () => {
    const { lambda, platform } = await setUp('agent.plain', { runtime });

    const answered = await invoke(lambda, { question: 'why?' });
    const failed = await invoke(lambda, { question: 'why?', fails: true });

    expect(answered).toMatchObject({ kind: 'response', body: '"answer to why?"' });
    expect(reportsOf(platform, { awsRequestId: answered.requestId })).toMatchObject([
      {
        input: '{"question":"why?"}',
        result: 'answer to why?',
        is_success: true,
        duration: expect.closeTo(0.005, 1),
        tokens: null,
        used_tools: [],
      },
    ]);
    expect(reportsOf(platform, { awsRequestId: failed.requestId })).toMatchObject([
      { is_success: false, result: expect.stringMatching(/^RangeError: no tokens left\n/) },
    ]);
    expect(ownLines(lambda)).toEqual([]);
  });

  test('a task whose process dies is reported by the next process', async () => {
    const { lambda, platform } = await setUp('agent.plain', { runtime });

    const lost = await invoke(lambda, { exits: true });
    await invoke(lambda, { question: 'why?' });

    expect(lost).toMatchObject({ kind: 'exit', exitCode: 3 });
    expect(reportsOf(platform, { awsRequestId: lost.requestId })).toMatchObject([
      { is_success: false, result: expect.stringMatching(/exited with code 3/) },
    ]);
  });
});

test('responses do not wait for the platform', async () => {
  const { lambda, platform } = await setUp('agent.plain');
  await invoke(lambda, { question: 'ready?' });
  platform.setFaults({ kind: 'latency', ms: 1_000 });

  const { settled, requestId } = await lambda.invoke({ question: 'why?' });
  const stored = platform.tasks().map(({ id }) => id);
  const { doneMs } = await settled;

  expect(stored).not.toContain(requestId);
  expect(doneMs).toBeGreaterThan(1_000);
  expect(reportsOf(platform, { awsRequestId: requestId })).toHaveLength(1);
});

test('concurrent invocations on Managed Instances are all reported', async () => {
  const managedInstances = { maxConcurrency: 8, workers: 2 };
  const { lambda, platform } = await setUp('agent.speaking', { managedInstances });

  const results = await Promise.all(
    Array.from({ length: 8 }, (_, number) => lambda.invoke({ question: number })),
  );

  await expect.poll(() => platform.tasks().length, { timeout: 10_000 }).toBe(8);
  expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['response']));
});

test('the key is read from a secret with the SDK of the layer', async () => {
  const secrets = await startSecretsManager({ secrets: { 'xpander/api-key': 'the-key' } });
  onTestFinished(() => secrets.close());
  const { lambda, platform } = await setUp('agent.plain', {
    environment: { ...secrets.environment, XPANDER_API_KEY_SECRET: 'xpander/api-key' },
    apiKeys: ['the-key'],
  });

  await invoke(lambda, { question: 'why?' });

  expect(secrets.calls).toHaveLength(1);
  expect(platform.tasks()).toHaveLength(1);
});

describe('with the package also in the function’s code', () => {
  test('currentTask() of an installed copy finds the task', async () => {
    const { lambda, platform } = await setUp('agent.speaking');

    const { requestId } = await invoke(lambda, { question: 'why?' });

    expect(reportsOf(platform, { awsRequestId: requestId })).toMatchObject([spoken]);
  });

  test.each(['esm', 'cjs'] as const)(
    'currentTask() of a copy bundled as %s finds the task',
    async (format) => {
      const bundle = await bundleFunction(`${functions}/agent.mjs`, format);
      onTestFinished(() => bundle[Symbol.asyncDispose]());
      const { lambda, platform } = await setUp('index.speaking', { taskRoot: bundle.taskRoot });

      const { requestId } = await invoke(lambda, { question: 'why?' });

      expect(reportsOf(platform, { awsRequestId: requestId })).toMatchObject([spoken]);
    },
  );

  test.each(['wrapped', 'middyStack'])(
    'the reporter in the code (%s) reports once',
    async (name) => {
      const { lambda, platform } = await setUp(`agent.${name}`);

      const { requestId, kind } = await invoke(lambda, { question: 'why?' });
      await lambda.shutdown();

      expect(kind).toBe('response');
      expect(reportsOf(platform, { awsRequestId: requestId })).toMatchObject([
        { ...spoken, input: 'why?' },
      ]);
      expect(platform.tasks()).toMatchObject([{ agentId: 'agent-in-code' }]);
    },
  );

  test('an early response of another Middy hook is reported by the layer', async () => {
    const { lambda, platform } = await setUp('agent.cached');

    const { requestId } = await invoke(lambda, { isCached: true });

    expect(reportsOf(platform, { awsRequestId: requestId })).toMatchObject([
      { result: 'from the cache', is_success: true },
    ]);
  });

  test('there is one report if both use the same agent', async () => {
    const { lambda, platform } = await setUp('agent.sameAgent');

    const { requestId } = await invoke(lambda, { question: 'why?' });

    expect(reportsOf(platform, { awsRequestId: requestId })).toMatchObject([spoken]);
  });

  test('there is one report if the process dies', async () => {
    const { lambda, platform } = await setUp('agent.sameAgent');

    const { requestId } = await invoke(lambda, { exits: true });
    await invoke(lambda, { question: 'why?' });

    expect(reportsOf(platform, { awsRequestId: requestId })).toMatchObject([{ is_success: false }]);
  });
});

describe('the function works', () => {
  test.each<[string, Record<string, string>, string[]]>([
    ['with reporting disabled', { XPANDER_DISABLED: 'true' }, []],
    ['without an agent id', { XPANDER_AGENT_ID: '' }, ['XPANDER_AGENT_ID']],
    ['without a key', { XPANDER_API_KEY: '' }, ['XPANDER_API_KEY_SECRET']],
    ['with an invalid base URL', { XPANDER_BASE_URL: 'ftp://h' }, ['ftp://h']],
  ])('%s, with at most one log line', async (_, environment, said) => {
    const { lambda, platform } = await setUp('plain.handler', { environment });

    const first = await invoke(lambda, { question: 'why?' });
    await invoke(lambda, { question: 'why?' });

    expect(first).toMatchObject({ kind: 'response', body: '"answer to why?"' });
    expect(ownLines(lambda)).toEqual(said.map((name) => expect.stringContaining(name)));
    expect(platform.requests()).toEqual([]);
  });

  test('a wrong value of an optional variable is logged once, and the default is used', async () => {
    const { lambda, platform } = await setUp('plain.handler', {
      environment: { XPANDER_SAMPLE_RATE: 'often', XPANDER_REPORT_START: 'Off' },
    });

    const { requestId } = await invoke(lambda, { question: 'why?' });
    await invoke(lambda, { question: 'why?' });

    expect(reportsOf(platform, { awsRequestId: requestId })).toHaveLength(1);
    expect(ownLines(lambda)).toEqual([expect.stringContaining('XPANDER_SAMPLE_RATE must be')]);
  });

  test('without the exec wrapper, and is not reported', async () => {
    const { lambda, platform } = await setUp('agent.plain', {
      environment: { AWS_LAMBDA_EXEC_WRAPPER: '' },
    });

    const { kind } = await invoke(lambda, { question: 'why?' });

    expect(kind).toBe('response');
    expect(platform.requests()).toEqual([]);
  });
});

const spoken = {
  result: 'answer to why?',
  is_success: true,
  tokens: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
  used_tools: ['web_search'],
};

interface Given extends Partial<LambdaOptions> {
  readonly apiKeys?: readonly string[];
}

async function setUp(
  handler: string,
  { apiKeys, environment, ...options }: Given = {},
): Promise<{ lambda: Lambda; platform: LocalPlatform }> {
  const platform = await startLocalPlatform(apiKeys && { apiKeys });
  onTestFinished(() => platform.close());
  const lambda = await startLambda({
    handler,
    taskRoot: functions,
    timeoutMs: 10_000,
    memoryMb: 512,
    layers: [reporterLayer],
    ...options,
    environment: { ...attached, ...reportingTo(platform), ...environment },
  });
  onTestFinished(() => lambda.close());
  return { lambda, platform };
}

async function invoke(lambda: Lambda, event: object): Promise<InvocationResult> {
  const result = await lambda.invoke(event);
  await result.settled;
  return result;
}

function ownLines({ logs }: Lambda): string[] {
  return logs.filter((line) => line.includes('xpander'));
}
