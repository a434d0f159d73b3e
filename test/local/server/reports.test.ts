import { expect, test } from 'vitest';
import { call, history, report, startForTest, status } from '../platform-client.ts';

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

const fullReport = {
  id: 'ext-1',
  input: 'Summarize',
  llm_response: { choices: [{ text: 'Sum' }] },
  tokens: {
    ...{ completion_tokens: 380, prompt_tokens: 2140, total_tokens: 2520 },
    ...{ cache_read_tokens: 0, cache_write_tokens: 0 },
  },
  is_success: true,
  result: 'Sum',
  duration: 4.5,
  used_tools: ['web_search'],
};

test('returns the task for a report and for its status', async () => {
  const { url } = await startForTest({ organizationId: 'org-1' });

  const reported = await report(url, 'agent-1', fullReport);
  const read = await status(url, 'ext-1');

  expect(reported.status).toBe(200);
  expect(reported.body).toEqual({
    id: 'ext-1',
    agent_id: 'agent-1',
    organization_id: 'org-1',
    input: { text: 'Summarize', files: [], user: null },
    status: 'completed',
    internal_status: null,
    created_at: time,
    updated_at: time,
    started_at: time,
    paused_at: null,
    finished_at: time,
    result: 'Sum',
    parent_execution: null,
    sub_executions: [],
    is_manually_stopped: false,
    payload_extension: null,
    source: 'external',
    output_format: null,
    output_schema: null,
    title: null,
    agent_version: null,
    triggering_agent_id: null,
    tokens: {
      ...{ completion_tokens: 380, prompt_tokens: 2140, total_tokens: 2520 },
      ...{ cache_read_tokens: 0, cache_write_tokens: 0 },
    },
    used_tools: ['web_search'],
    duration: 4.5,
    execution_attempts: 1,
    report_count: 1,
  });
  expect(read).toMatchObject({ status: 200, body: reported.body });
});

test('computes the start time from the duration', async () => {
  const { url } = await startForTest();

  const { body } = await report(url, 'agent-1', { duration: 4.5 });

  const task = body as { started_at: string; finished_at: string };
  expect(Date.parse(task.finished_at) - Date.parse(task.started_at)).toBe(4500);
});

test('replaces all of a task but its creation date if its id is reported again', async () => {
  const { url } = await startForTest();
  const first = await report(url, 'agent-1', fullReport);
  // Waits for another timestamp to distinguish the two dates.
  const { created_at } = first.body as { created_at: string };
  await expect.poll(() => new Date().toISOString()).not.toBe(created_at);

  const second = await report(url, 'agent-1', {
    id: 'ext-1',
    is_success: false,
    result: 'Error: no',
  });

  expect(second.body).toEqual({
    ...(first.body as object),
    input: { text: '', files: [], user: null },
    status: 'failed',
    updated_at: time,
    started_at: time,
    finished_at: time,
    result: 'Error: no',
    tokens: null,
    used_tools: [],
    duration: 0,
    report_count: 2,
  });
  expect((await history(url, 'agent-1')).body).toHaveLength(1);
});

test('keeps tasks of two agents with the same id apart and returns the most recently updated one', async () => {
  const { url } = await startForTest();
  await report(url, 'agent-1', { id: 'shared', result: 'one' });
  await report(url, 'agent-2', { id: 'shared', result: 'two' });

  const before = await status(url, 'shared');
  await report(url, 'agent-1', { id: 'shared', result: 'one again' });
  const after = await status(url, 'shared');

  expect(before.body).toMatchObject({ agent_id: 'agent-2', result: 'two', report_count: 1 });
  expect(after.body).toMatchObject({ agent_id: 'agent-1', result: 'one again', report_count: 2 });
});

test('generates an id for a report without one', async () => {
  const { url } = await startForTest();

  const first = await report(url, 'agent-1', { id: null });
  const second = await report(url, 'agent-1', {});

  const ids = [first, second].map(({ body }) => (body as { id: string }).id);
  expect(ids).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), expect.any(String)]);
  expect(new Set(ids).size).toBe(2);
});

test('accepts null for default values', async () => {
  const { url } = await startForTest();

  const { status: code, body } = await report(url, 'agent-1', {
    id: 'ext-1',
    input: null,
    llm_response: null,
    tokens: null,
    is_success: null,
    result: null,
    duration: null,
    used_tools: null,
  });

  expect(code).toBe(200);
  expect(body).toMatchObject({
    input: { text: '' },
    status: 'completed',
    result: null,
    tokens: null,
    duration: 0,
    used_tools: [],
  });
});

test('keeps unknown fields, the raw response and additional token counts of a report', async () => {
  const platform = await startForTest();
  const sent = {
    id: 'ext-1',
    llm_response: [{ deep: [null, 'ü', 1.5] }],
    tokens: {
      ...{ prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 },
      ...{ cache_read_tokens: 7, cache_write_tokens: 0, audio_tokens: 1 },
    },
    brand_new: { field: true },
  };

  const { body } = await report(platform.url, 'agent-1', sent);

  expect(body).toMatchObject({ tokens: sent.tokens });
  expect(platform.tasks('agent-1')).toEqual([
    {
      agentId: 'agent-1',
      id: 'ext-1',
      status: 'completed',
      input: null,
      result: null,
      tokens: sent.tokens,
      usedTools: [],
      durationSeconds: 0,
      createdAt: time,
      updatedAt: time,
      reportCount: 1,
      report: sent,
    },
  ]);
  expect(platform.tasks('agent-2')).toEqual([]);
});

test('lists configured and reported agents', async () => {
  const { url } = await startForTest({ agentIds: ['configured'] });
  await report(url, 'reported', {});

  const list = await call(url, '/agents/list');
  const one = await call(url, '/agents/reported');

  expect((list.body as { id: string }[]).map(({ id }) => id)).toEqual(['configured', 'reported']);
  expect(one.body).toEqual({
    id: 'reported',
    organization_id: 'local',
    name: 'reported',
    unique_name: 'reported',
    environment_id: 'local',
    description: null,
    icon: '🚀',
    status: 'ACTIVE',
    type: 'regular',
    framework: 'agno',
    model_provider: 'external',
    model_name: 'external',
    version: 1,
    created_at: time,
    instructions: { role: [], goal: [], general: '' },
    access_scope: 'organizational',
    graph: [],
    tools: [],
  });
});

test('logs requests with the key redacted', async () => {
  const platform = await startForTest({ requestLogSize: 2 });
  await call(platform.url, '/agents/list');
  await call(platform.url, '/agents/a%2Fb?x=1');

  await report(platform.url, 'agent-1', { id: 'ext-1' });

  expect(platform.requests()).toEqual([
    {
      method: 'GET',
      path: '/agents/a%2Fb?x=1',
      headers: expect.objectContaining({ 'x-api-key': '[masked]' }),
      body: undefined,
    },
    {
      method: 'POST',
      path: '/agent-execution/agent-1/report_task',
      headers: expect.objectContaining({ 'content-type': 'application/json' }),
      body: { id: 'ext-1' },
    },
  ]);
  expect(JSON.stringify(platform.requests())).not.toContain('test-key');
});
