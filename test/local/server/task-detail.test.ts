import { expect, test } from 'vitest';
import { get, taskDetail } from '../page-client.ts';
import { call, report, startForTest } from '../platform-client.ts';

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

test('returns all versions of a task, newest first, with their requests', async () => {
  const { url } = await startForTest();
  const first = { id: 'a', input: 'question', llm_response: { raw: [1] }, brand_new: true };
  await report(url, 'agent-1', first);
  await report(url, 'agent-1', {
    ...{ id: 'a', result: 'Error: no', is_success: false, duration: 2 },
    ...{ tokens: { prompt_tokens: 1, completion_tokens: 2 }, used_tools: ['x'] },
  });

  const detail = await taskDetail(url, 'agent-1', 'a');

  expect(detail.task).toMatchObject({ id: 'a', reportCount: 2, status: 'failed', inputLine: null });
  expect(detail.versionsDropped).toBe(0);
  expect(detail.versions).toMatchObject([
    {
      number: 2,
      status: 'failed',
      input: null,
      result: 'Error: no',
      durationSeconds: 2,
      tokens: { promptTokens: 1, completionTokens: 2, totalTokens: 3 },
      usedTools: ['x'],
      llmResponse: null,
    },
    {
      number: 1,
      receivedAt: time,
      status: 'completed',
      input: 'question',
      result: null,
      durationSeconds: 0,
      tokens: null,
      usedTools: [],
      llmResponse: { raw: [1] },
      request: {
        method: 'POST',
        path: '/agent-execution/agent-1/report_task',
        headers: { 'content-type': 'application/json', 'x-api-key': '[masked]' },
        body: JSON.stringify(first),
      },
    },
  ]);
});

test('distinguishes tasks of two agents with the same id', async () => {
  const { url } = await startForTest();
  await report(url, 'agent-1', { id: 'a', result: 'one' });
  await report(url, 'agent-2', { id: 'a', result: 'two' });

  const { versions } = await taskDetail(url, 'agent-1', 'a');

  expect(versions).toMatchObject([{ number: 1, result: 'one' }]);
});

test.each(['a/b', '../..', '.', 'a b', '<b>"&', '%2F', 'ü🚀', 'nul\0', "'; DROP TABLE tasks; --"])(
  'finds the task %j of an agent with that id',
  async (id) => {
    const { url } = await startForTest();
    await report(url, id === '.' || id === '../..' ? 'agent' : id, { id });

    const { task } = await taskDetail(url, id === '.' || id === '../..' ? 'agent' : id, id);

    expect(task).toMatchObject({ id });
  },
);

test('does not store secrets of a request', async () => {
  const platform = await startForTest();
  const secrets = {
    'x-api-key': 'key-0123456789',
    authorization: 'Bearer bearer-012345',
    cookie: 'session=cookie-012345',
    'proxy-authorization': 'Basic proxy-0123',
    'x-amz-security-token': 'amz-0123456',
    'x-client-secret': 'client-0123',
  };
  await call(
    platform.url,
    '/agent-execution/agent-1/report_task?api_key=query-0123&x=key-0123456789',
    {
      method: 'POST',
      headers: { ...secrets, 'content-type': 'application/json', 'x-note': 'with key-0123456789' },
      body: '{"id":"a"}',
    },
  );

  const detail = await taskDetail(platform.url, 'agent-1', 'a');

  expect(detail.versions[0]?.request).toMatchObject({
    path: '/agent-execution/agent-1/report_task?api_key=[masked]&x=[masked]',
    headers: { 'x-note': 'with [masked]', 'x-client-secret': '[masked]' },
  });
  expect(JSON.stringify([detail, platform.requests()])).not.toMatch(
    /key-0123|bearer-0|cookie-0|proxy-0|amz-0|client-0|query-0/,
  );
});

test('keeps the newest hundred earlier versions and counts the removed ones', async () => {
  const { url } = await startForTest();
  for (let n = 1; n <= 104; n++) await report(url, 'agent-1', { id: 'a', result: `v${n}` });

  const { versions, versionsDropped } = await taskDetail(url, 'agent-1', 'a');

  expect(versions.map(({ number }) => number)).toEqual(
    Array.from({ length: 101 }, (_, n) => 104 - n),
  );
  expect(versions.at(-1)?.result).toBe('v4');
  expect(versionsDropped).toBe(3);
});

test('keeps fewer versions if they are large', async () => {
  const { url } = await startForTest();
  for (let n = 1; n <= 4; n++) {
    await report(url, 'agent-1', { id: 'a', result: `${n}${'x'.repeat(7_000_000)}` });
  }

  const { versions, versionsDropped } = await taskDetail(url, 'agent-1', 'a');

  expect(versions.map(({ number }) => number)).toEqual([4, 3, 2]);
  expect(versionsDropped).toBe(1);
});

test('returns deeply nested JSON up to the depth limit', async () => {
  const { url } = await startForTest();
  const deep = `${'[{"a":'.repeat(50_000)}1${'}]'.repeat(50_000)}`;
  const body = `{"id":"a","llm_response":${deep},"tokens":{"prompt_tokens":1,"more":${deep}}}`;
  const reported = await call(url, '/agent-execution/agent-1/report_task', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });

  const { versions } = await taskDetail(url, 'agent-1', 'a');

  expect(reported).toMatchObject({ status: 200, body: { tokens: { prompt_tokens: 1 } } });
  expect(versions[0]?.request.body).toBe(body);
  expect(JSON.stringify(versions[0]?.llmResponse)).toContain('nested too deeply to show');
});

test('responds with 404 to an unknown task and with 422 to a missing id', async () => {
  const { url } = await startForTest();
  await report(url, 'agent-1', { id: 'a' });

  const responses = [
    await get(url, 'task', { agent: 'agent-2', id: 'a' }),
    await get(url, 'task', { agent: 'agent-1', id: 'b' }),
    await get(url, 'task', { agent: 'agent-1' }),
  ];

  expect(responses.map(({ status }) => status)).toEqual([404, 404, 422]);
});
