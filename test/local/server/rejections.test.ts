import { expect, test } from 'vitest';
import { call, report, startForTest, status } from '../platform-client.ts';

const json = { 'content-type': 'application/json' };
const reportPath = '/agent-execution/agent-1/report_task';

test.each([
  [{ id: 7 }, ['id'], 'string_type'],
  [{ id: '' }, ['id'], 'string_too_short'],
  [{ input: { text: 'x' } }, ['input'], 'string_type'],
  [{ tokens: 5 }, ['tokens'], 'model_attributes_type'],
  [{ tokens: { prompt_tokens: '5' } }, ['tokens', 'prompt_tokens'], 'float_type'],
  [{ tokens: { prompt_tokens: 1.5 } }, ['tokens', 'prompt_tokens'], 'int_type'],
  [{ tokens: { completion_tokens: -1 } }, ['tokens', 'completion_tokens'], 'greater_than_equal'],
  [{ is_success: 'yes' }, ['is_success'], 'bool_type'],
  [{ result: 1 }, ['result'], 'string_type'],
  [{ duration: -0.1 }, ['duration'], 'greater_than_equal'],
  [{ duration: '1' }, ['duration'], 'float_type'],
  [{ used_tools: 'search' }, ['used_tools'], 'list_type'],
  [{ used_tools: ['search', 3] }, ['used_tools', 1], 'string_type'],
  [[], [], 'model_attributes_type'],
  [null, [], 'model_attributes_type'],
])('rejects the report %j and names the field', async (body, field, type) => {
  const platform = await startForTest();

  const response = await report(platform.url, 'agent-1', body);

  expect(response).toMatchObject({ status: 422 });
  expect(response.body).toEqual({
    detail: [{ loc: ['body', ...field], msg: expect.any(String), type }],
  });
  expect(platform.tasks()).toEqual([]);
});

test('rejects an infinite duration', async () => {
  const { url } = await startForTest();

  const response = await call(url, reportPath, {
    method: 'POST',
    headers: json,
    body: '{"duration": 1e999}',
  });

  expect(response).toMatchObject({
    status: 422,
    body: { detail: [{ loc: ['body', 'duration'] }] },
  });
});

test('rejects invalid JSON without quoting it', async () => {
  const { url } = await startForTest();

  const response = await call(url, reportPath, {
    method: 'POST',
    headers: json,
    body: '{"result": "secret',
  });

  expect(response).toMatchObject({ status: 422 });
  expect(response.body).toEqual({
    detail: [{ loc: ['body'], msg: 'The body is not valid JSON', type: 'json_invalid' }],
  });
});

test('rejects a report with another content type than JSON', async () => {
  const { url } = await startForTest();

  const response = await call(url, reportPath, { method: 'POST', body: '{}' });

  expect(response).toMatchObject({
    status: 422,
    body: {
      detail: [{ msg: 'Send the report as JSON, with content-type: application/json' }],
    },
  });
});

const calls = [
  ['POST', reportPath],
  ['GET', '/agent-execution/ext-1/status'],
  ['GET', '/agent-execution/executions/history/agent-1'],
  ['GET', '/agents/list'],
  ['GET', '/agents/agent-1'],
] as const;

test.each(calls)('requires a key for %s %s', async (method, path) => {
  const platform = await startForTest({ agentIds: ['agent-1'] });

  const none = await fetch(platform.url + path, { method, headers: json });
  const empty = await fetch(platform.url + path, { method, headers: { ...json, 'x-api-key': '' } });

  expect([none.status, empty.status]).toEqual([401, 401]);
  expect(await none.json()).toEqual({ detail: 'The header x-api-key is missing' });
});

test.each(calls)('rejects a wrong key for %s %s', async (method, path) => {
  const { url } = await startForTest({ apiKeys: ['right-1', 'right-2'] });

  const wrong = await call(url, path, { method, headers: { 'x-api-key': 'right-3' } });
  const right = await call(url, path, { method, headers: { 'x-api-key': 'right-2' } });

  expect(wrong).toMatchObject({ status: 403, body: { detail: 'The API key is not accepted' } });
  expect([401, 403]).not.toContain(right.status);
});

test('rejects an empty key in the options', async () => {
  await expect(startForTest({ apiKeys: ['right', ''] })).rejects.toMatchObject({
    name: 'ConfigurationError',
  });
});

test('responds with 404 as JSON to unknown resources', async () => {
  const { url } = await startForTest();

  expect(await status(url, 'nope')).toMatchObject({
    status: 404,
    body: { detail: 'Task not found' },
  });
  expect(await call(url, '/agents/nope')).toMatchObject({
    status: 404,
    body: { detail: 'Agent not found' },
  });
  expect(await call(url, '/agent-execution//status')).toMatchObject({ status: 404 });
  expect(await call(url, '/elsewhere')).toMatchObject({
    status: 404,
    body: { detail: 'Not Found' },
  });
});

test.each([
  ['GET', reportPath, 'POST'],
  ['PUT', reportPath, 'POST'],
  ['POST', '/agent-execution/ext-1/status', 'GET'],
  ['DELETE', '/agents/agent-1', 'GET'],
  ['POST', '/agents/list', 'GET'],
  ['PATCH', '/agent-execution/executions/history/agent-1', 'GET'],
])('responds with 405 to %s %s', async (method, path, allowed) => {
  const { url } = await startForTest();

  const response = await call(url, path, { method });

  expect(response).toMatchObject({ status: 405, body: { detail: 'Method Not Allowed' } });
  expect(response.headers.get('allow')).toBe(allowed);
});

test('rejects a body above the limit with and without a content length', async () => {
  const platform = await startForTest({ bodyLimitBytes: 1000 });
  const fits = { id: 'fits', input: 'x'.repeat(900) };
  const tooLarge = JSON.stringify({ id: 'large', input: 'x'.repeat(3_000_000) });

  const small = await report(platform.url, 'agent-1', fits);
  const announced = await call(platform.url, reportPath, {
    method: 'POST',
    headers: json,
    body: tooLarge,
  });
  const chunked = await call(platform.url, reportPath, {
    method: 'POST',
    headers: json,
    body: new Blob([tooLarge]).stream(),
    duplex: 'half',
  });

  expect([small.status, announced.status, chunked.status]).toEqual([200, 413, 413]);
  expect(chunked.body).toEqual({ detail: 'The body is larger than 1000 bytes' });
  expect(platform.tasks().map(({ id }) => id)).toEqual(['fits']);
});

test('limits bodies to 10 MiB by default', async () => {
  const { url } = await startForTest();
  const empty = JSON.stringify({ id: 'big', input: '' });
  const room = 10 * 1024 * 1024 - empty.length;

  const fits = await report(url, 'agent-1', { id: 'big', input: 'x'.repeat(room) });
  const tooLarge = await report(url, 'agent-1', { id: 'big', input: 'x'.repeat(room + 1) });

  expect([fits.status, tooLarge.status]).toEqual([200, 413]);
});

test('limits the request rate if configured and sends Retry-After', async () => {
  const { url } = await startForTest({ rateLimitPerMinute: 2 });

  const responses = [
    await report(url, 'agent-1', { id: 'a' }),
    await call(url, '/agents/list'),
    await report(url, 'agent-1', { id: 'b' }),
  ];

  expect(responses.map((response) => response.status)).toEqual([200, 200, 429]);
  expect(responses[2]?.body).toEqual({ detail: 'Rate limit exceeded' });
  const seconds = Number(responses[2]?.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
});
