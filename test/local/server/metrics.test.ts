import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-file.ts';
import { get, metrics } from '../page-client.ts';
import { report, startForTest } from '../platform-client.ts';
import { writeVersion1File } from '../store/version-1-file.ts';

test('aggregates the tasks of a time range in steps that start at round times', async () => {
  const url = await startWith([
    ['2026-03-01T09:59:59.999Z', 'agent-1', { duration: 99 }],
    [
      '2026-03-01T10:00:00.000Z',
      'agent-1',
      { duration: 1, ...tokens('m1', 10, 1), used_tools: ['a'] },
    ],
    [
      '2026-03-01T10:30:00.000Z',
      'agent-2',
      { duration: 3, ...tokens('m2', 20, 2), is_success: false },
    ],
    [
      '2026-03-01T10:30:30.000Z',
      'agent-1',
      { duration: 2, ...tokens('m1', 30, 3), used_tools: ['a', 'b'] },
    ],
    ['2026-03-01T10:59:00.000Z', 'agent-1', { duration: 4 }],
    ['2026-03-01T11:00:00.000Z', 'agent-1', { duration: 99 }],
  ]);

  const { series, ...sums } = await metrics(url, {
    from: '2026-03-01T10:00:00Z',
    to: '2026-03-01T12:00:00+01:00',
  });

  expect(sums).toEqual({
    from: '2026-03-01T10:00:00.000Z',
    to: '2026-03-01T11:00:00.000Z',
    stepSeconds: 60,
    runs: 4,
    failed: 1,
    successRate: 0.75,
    p50Seconds: 2,
    p95Seconds: 4,
    promptTokens: 60,
    completionTokens: 6,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    runsWithoutTokens: 1,
    tokensByModel: [
      { name: 'm1', promptTokens: 40, completionTokens: 4 },
      { name: 'm2', promptTokens: 20, completionTokens: 2 },
    ],
    tokensByAgent: [
      { name: 'agent-1', promptTokens: 40, completionTokens: 4 },
      { name: 'agent-2', promptTokens: 20, completionTokens: 2 },
    ],
    tools: [
      { name: 'a', runs: 2 },
      { name: 'b', runs: 1 },
    ],
  });
  expect(series).toHaveLength(60);
  expect(series[0]).toMatchObject({ at: '2026-03-01T10:00:00.000Z', completed: 1, failed: 0 });
  expect(series[1]).toEqual({
    at: '2026-03-01T10:01:00.000Z',
    completed: 0,
    failed: 0,
    p50Seconds: null,
    p95Seconds: null,
    promptTokens: 0,
    completionTokens: 0,
  });
  expect(series[30]).toEqual({
    at: '2026-03-01T10:30:00.000Z',
    completed: 1,
    failed: 1,
    p50Seconds: 2,
    p95Seconds: 3,
    promptTokens: 50,
    completionTokens: 5,
  });
});

test('aggregates the tasks of one agent', async () => {
  const url = await startWith([
    [
      '2026-03-01T10:00:00.000Z',
      'agent-2',
      { duration: 9, ...tokens('m1', 1, 1), used_tools: ['b'] },
    ],
    [
      '2026-03-01T11:00:00.000Z',
      'agent-1',
      { duration: 1, ...tokens('m1', 5, 2), used_tools: ['a'] },
    ],
  ]);

  const result = await metrics(url, { agent: 'agent-1', from: '1970-01-01', to: '2026-03-02' });

  expect(result).toMatchObject({
    // The range starts with the agent's first task.
    from: '2026-03-01T11:00:00.000Z',
    runs: 1,
    p50Seconds: 1,
    tokensByModel: [{ name: 'm1', promptTokens: 5, completionTokens: 2 }],
    tokensByAgent: [{ name: 'agent-1', promptTokens: 5, completionTokens: 2 }],
    tools: [{ name: 'a', runs: 1 }],
  });
});

test('aggregates the last day by default and counts a repeated report once', async () => {
  const url = await startWith([
    [new Date(Date.now() - 25 * 60 * 60 * 1000).toISOString(), 'agent-1', { id: 'old' }],
  ]);
  await report(url, 'agent-1', { id: 'a', ...tokens('m1', 100, 100), used_tools: ['a'] });
  await report(url, 'agent-1', {
    id: 'a',
    ...tokens('m2', 1, 2),
    used_tools: ['b'],
    is_success: false,
  });

  const result = await metrics(url);

  expect(Date.parse(result.to) - Date.parse(result.from)).toBe(24 * 60 * 60 * 1000);
  expect(result).toMatchObject({
    ...{ runs: 1, failed: 1, successRate: 0, promptTokens: 1, completionTokens: 2 },
    tokensByModel: [{ name: 'm2', promptTokens: 1, completionTokens: 2 }],
    tools: [{ name: 'b', runs: 1 }],
  });
});

test('returns null rates and percentiles without tasks', async () => {
  const { url } = await startForTest();

  expect(await metrics(url)).toMatchObject({
    ...{ runs: 0, failed: 0, successRate: null, p50Seconds: null, p95Seconds: null },
    ...{ runsWithoutTokens: 0, tokensByModel: [], tokensByAgent: [], tools: [] },
    series: expect.arrayContaining([expect.objectContaining({ completed: 0, p50Seconds: null })]),
  });
});

test('sums more tokens than an integer can hold', async () => {
  const { url } = await startForTest();
  const most = Number.MAX_SAFE_INTEGER;
  for (const id of ['a', 'b']) {
    await report(url, 'agent-1', { id, tokens: { prompt_tokens: most, completion_tokens: 0 } });
  }
  const beyond = await report(url, 'agent-1', {
    tokens: { prompt_tokens: most, completion_tokens: 1 },
  });

  expect(await metrics(url)).toMatchObject({ promptTokens: 2 * most, runs: 2 });
  expect(beyond).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'tokens'] }] } });
});

test.each([
  [{ from: 'x' }, 'from'],
  [{ from: '2026-03-02', to: '2026-03-01' }, 'to'],
  [{ from: '2026-03-01', to: '2026-03-01' }, 'to'],
])('rejects the metrics query %j', async (query, name) => {
  const { url } = await startForTest();

  expect(await get(url, 'metrics', query)).toMatchObject({
    status: 422,
    body: { detail: [{ loc: ['query', name] }] },
  });
});

type Run = readonly [updatedAt: string, agentId: string, report: Record<string, unknown>];

async function startWith(runs: readonly Run[]): Promise<string> {
  const databaseFile = join(temporaryFolder(), 'tasks.db');
  writeVersion1File(
    databaseFile,
    runs.map(([updatedAt, agentId, one], n) => ({
      ...{ agentId, id: `t${n}`, reportCount: 1, createdAt: updatedAt, updatedAt },
      report: one,
    })),
  );
  return (await startForTest({ databaseFile })).url;
}

function tokens(model: string, prompt: number, completion: number): Record<string, unknown> {
  return {
    tokens: { prompt_tokens: prompt, completion_tokens: completion },
    llm_response: { model },
  };
}
