import { once } from 'node:events';
import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  Agents,
  ApiError,
  Backend,
  ConfigurationError,
  ConnectionError,
  Tasks,
} from '../../src/index.ts';
import type { ReportParameters } from '../../src/platform/report-parameters.ts';
import { closedPort } from '../support/closed-port.ts';
import {
  type ThreadedPlatform,
  threadedAnswer,
  threadedPlatform,
} from '../support/threaded-server.ts';

const apiKey = 'key-of-the-test';

test('a client logs once that IS_STG is not a boolean, as it then uses production', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.stubEnv('IS_STG', 'staging');

  new Backend({ apiKey });
  new Tasks({ apiKey });
  new Backend({ apiKey, baseUrl: 'https://platform.example' });

  expect(warn.mock.calls).toEqual([
    ["[xpander-lambda] IS_STG must be true or false; it is 'staging'. The default is used."],
  ]);
});

/** One body for both forms of the call. */
const forms = [
  {
    form: 'reportExternalTask',
    report: (backend: Backend, parameters: ReportParameters) =>
      backend.reportExternalTask(parameters),
  },
  {
    form: 'reportExternalTaskSync',
    report: async (backend: Backend, parameters: ReportParameters) =>
      backend.reportExternalTaskSync(parameters),
  },
];

describe.each(forms)('Backend.$form', ({ report }) => {
  test('reports a task with all fields', async () => {
    const platform = await threadedPlatform();

    const task = await report(new Backend({ apiKey, baseUrl: platform.url }), {
      agentId: 'agent-123',
      id: 'ext-job-9921',
      input: 'Summarize Q4 earnings',
      result: 'Q4 revenue grew 22% YoY, driven by ...',
      tokens: { promptTokens: 2_140, completionTokens: 380, cacheReadTokens: 1_200 },
      duration: 4.7,
      usedTools: ['web_search', 'fetch_pdf'],
      isSuccess: true,
    });

    expect(task).toMatchObject({
      id: 'ext-job-9921',
      agentId: 'agent-123',
      status: 'completed',
      input: { text: 'Summarize Q4 earnings' },
      result: 'Q4 revenue grew 22% YoY, driven by ...',
      duration: 4.7,
      tokens: {
        promptTokens: 2_140,
        completionTokens: 380,
        cacheReadTokens: 1_200,
        cacheWriteTokens: 0,
        totalTokens: 2_520,
      },
    });
    expect(await lastBody(platform)).toEqual({
      id: 'ext-job-9921',
      input: 'Summarize Q4 earnings',
      llm_response: null,
      tokens: {
        completion_tokens: 380,
        prompt_tokens: 2_140,
        cache_read_tokens: 1_200,
        cache_write_tokens: 0,
        total_tokens: 2_520,
      },
      is_success: true,
      result: 'Q4 revenue grew 22% YoY, driven by ...',
      duration: 4.7,
      used_tools: ['web_search', 'fetch_pdf'],
    });
  });

  test('sends all eight keys if only the agent is set', async () => {
    const platform = await threadedPlatform();

    const task = await report(new Backend({ apiKey, baseUrl: platform.url }), { agentId: 'a' });

    expect(task.id).toMatch(/.+/);
    expect(await lastBody(platform)).toEqual({
      id: null,
      input: null,
      llm_response: null,
      tokens: null,
      is_success: true,
      result: null,
      duration: 0,
      used_tools: [],
    });
  });

  test('updates the task if its id is reported again', async () => {
    const platform = await threadedPlatform();
    const backend = new Backend({ apiKey, baseUrl: platform.url });
    const job = { agentId: 'agent-123', id: 'job-7842', input: 'Long-running data extraction' };

    const started = await report(backend, { ...job, isSuccess: true, result: null, duration: 0 });
    const completed = await report(backend, {
      ...job,
      result: 'Extracted 412 rows',
      tokens: { promptTokens: 18_400, completionTokens: 2_100 },
      duration: 37.6,
      isSuccess: true,
      usedTools: ['s3_read', 'snowflake_query'],
    });

    expect(started).toMatchObject({ id: 'job-7842', result: null });
    expect(completed).toMatchObject({ id: 'job-7842', result: 'Extracted 412 rows' });
    const history = new Tasks({ apiKey, baseUrl: platform.url }).list('agent-123');
    expect(await history).toMatchObject([{ id: 'job-7842', status: 'completed' }]);
  });

  test('reports for an agent object, which takes precedence over agentId', async () => {
    const platform = await threadedPlatform({ agentIds: ['agent-123'] });
    const configuration = { apiKey, baseUrl: platform.url };
    const agent = await new Agents(configuration).get('agent-123');

    const task = await report(new Backend(configuration), {
      agent,
      agentId: 'another',
      id: 'ext-2025-04-25-001',
      input: 'Daily summary',
      result: '...',
      isSuccess: true,
    });

    expect(task.agentId).toBe('agent-123');
  });

  test('reports a failed task', async () => {
    const platform = await threadedPlatform();

    const task = await report(new Backend({ apiKey, baseUrl: platform.url }), {
      agentId: 'agent-123',
      id: 'job-failed-001',
      input: 'prompt',
      result: String(new Error('model overloaded')),
      isSuccess: false,
    });

    expect(task).toMatchObject({ status: 'failed', result: 'Error: model overloaded' });
  });

  test('reads agent, key and base URL from the environment', async () => {
    const platform = await threadedPlatform();
    vi.stubEnv('XPANDER_AGENT_ID', 'agent-of-the-environment');
    vi.stubEnv('XPANDER_API_KEY', apiKey);
    vi.stubEnv('XPANDER_BASE_URL', platform.url);

    const task = await report(new Backend(), { input: 'hello' });

    expect(task.agentId).toBe('agent-of-the-environment');
  });

  test('allows a call to override parts of the configuration', async () => {
    const platform = await threadedPlatform({ apiKeys: ['the-right-one'] });
    const backend = new Backend({ apiKey: 'the-wrong-one', baseUrl: platform.url });

    const task = await report(backend, {
      agentId: 'a',
      configuration: { apiKey: 'the-right-one' },
    });

    expect(task.agentId).toBe('a');
  });

  test('encodes the agent id in the path', async () => {
    const platform = await threadedPlatform();

    const task = await report(new Backend({ apiKey, baseUrl: platform.url }), {
      agentId: 'team/agent 1?#é',
    });

    expect(task.agentId).toBe('team/agent 1?#é');
  });

  test('throws before any request if the agent is missing', async () => {
    const refused = report(new Backend({ apiKey, baseUrl: 'http://127.0.0.1:1' }), { input: 'x' });

    await expect(refused).rejects.toThrow(
      new ConfigurationError(
        'The agent is missing. Set agent or agentId, or the variable XPANDER_AGENT_ID.',
      ),
    );
  });

  test('throws before any request if the key is missing', async () => {
    const refused = report(new Backend({ baseUrl: 'http://127.0.0.1:1' }), { agentId: 'a' });

    await expect(refused).rejects.toThrow(ConfigurationError);
  });

  test('throws an ApiError with status and body, without the key', async () => {
    const platform = await threadedPlatform({ apiKeys: ['another'] });

    const refused = await caught(
      report(new Backend({ apiKey, baseUrl: platform.url }), { agentId: 'a' }),
    );

    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ statusCode: 403, description: expect.stringContaining('key') });
    expect(everythingIn(refused)).not.toContain(apiKey);
  });

  test('redacts the key in a response that echoes it', async () => {
    const url = await threadedAnswer({ status: 500, body: 'bad {key}' });

    const refused = await caught(report(new Backend({ apiKey, baseUrl: url }), { agentId: 'a' }));

    expect(refused).toMatchObject({ statusCode: 500, description: 'bad [redacted]' });
    expect(everythingIn(refused)).not.toContain(apiKey);
  });

  test('redacts the key in a response that is not a task or not JSON', async () => {
    const echo = await threadedAnswer({ status: 200, body: '{"headers":{"x-api-key":"{key}"}}' });
    const text = await threadedAnswer({ status: 200, body: '{key} is not valid' });

    const errors = [
      await caught(report(new Backend({ apiKey, baseUrl: echo }), { agentId: 'a' })),
      await caught(report(new Backend({ apiKey, baseUrl: text }), { agentId: 'a' })),
    ];

    expect(errors.map(({ name }) => name)).toEqual(['ApiError', 'ApiError']);
    expect(
      errors.map((error) => inspect(error, { depth: 9, showHidden: true })).join(),
    ).not.toContain(apiKey);
  });

  test.each(['id', '1', 'any', '\\"'])(
    'reads an answer that contains the key %s as data',
    async (key) => {
      const platform = await threadedPlatform();
      const result = 'In 2021, too many companies asked: "any id?"';

      const task = await report(new Backend({ apiKey: key, baseUrl: platform.url }), {
        agentId: 'a',
        id: 'id-1',
        result,
      });

      expect(task).toMatchObject({ id: 'id-1', agentId: 'a', result });
    },
  );

  test('explains a refusal whose field names contain the key', async () => {
    const url = await threadedAnswer({ status: 400, body: '{"detail":"no {key} here"}' });

    const refused = await caught(
      report(new Backend({ apiKey: 'detail', baseUrl: url }), { agentId: 'a' }),
    );

    expect(refused.message).toMatch(/answered with 400: no \[redacted\] here$/);
    expect(everythingIn(refused)).not.toContain('detail');
  });

  test('does not follow a redirect, which would send the key elsewhere', async () => {
    const url = await threadedAnswer({ status: 307, body: '', headers: { location: '/x' } });

    const refused = await caught(report(new Backend({ apiKey, baseUrl: url }), { agentId: 'a' }));

    expect(refused).toMatchObject({ name: 'ApiError', statusCode: 307 });
  });

  test('throws an ApiError if the response is not a task', async () => {
    const page = await threadedAnswer({ status: 200, body: '<html>' });
    const other = await threadedAnswer({ status: 200, body: '{"ok":true}' });

    const fromPage = await caught(report(new Backend({ apiKey, baseUrl: page }), { agentId: 'a' }));
    const fromOther = await caught(
      report(new Backend({ apiKey, baseUrl: other }), { agentId: 'a' }),
    );

    expect(fromPage).toMatchObject({ name: 'ApiError', description: '<html>' });
    expect(fromOther).toMatchObject({ name: 'ApiError', message: expect.stringContaining("'id'") });
  });

  test('throws a ConnectionError with a code if the connection is refused', async () => {
    const baseUrl = `http://127.0.0.1:${await closedPort()}`;

    const refused = await caught(report(new Backend({ apiKey, baseUrl }), { agentId: 'a' }));

    expect(refused).toBeInstanceOf(ConnectionError);
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
    expect(everythingIn(refused)).not.toContain(apiKey);
  });

  test('times out before and during the response', async () => {
    const hanging = await threadedPlatform({ faults: { kind: 'hang' } });
    const dripping = await threadedPlatform({ faults: { kind: 'drip', intervalMs: 200 } });
    const parameters = { agentId: 'a', configuration: { timeoutMs: 300 } };

    const fromHanging = await caught(
      report(new Backend({ apiKey, baseUrl: hanging.url }), parameters),
    );
    const fromDripping = await caught(
      report(new Backend({ apiKey, baseUrl: dripping.url }), parameters),
    );

    expect(fromHanging).toMatchObject({ name: 'ConnectionError', code: 'ETIMEDOUT' });
    expect(fromDripping).toMatchObject({ name: 'ConnectionError', code: 'ETIMEDOUT' });
  });

  test.each<[string, object]>([
    ['usedTool', { usedTool: ['x'] }],
    ['id', { id: 5 }],
    ['duration', { duration: -1 }],
    ['duration', { duration: '3' }],
    ['usedTools', { usedTools: ['a', 1] }],
    ['promptTokens', { tokens: { promptTokens: 1.5 } }],
    ['prompt_tokens', { tokens: { prompt_tokens: 1 } }],
    ['agent', { agent: 'agent-123' }],
    ['llmResponse', { llmResponse: { count: 1n } }],
    ['llmResponse', { llmResponse: () => 1 }],
  ])('throws for the invalid parameter %s', async (name, wrong) => {
    const backend = new Backend({ apiKey, baseUrl: 'http://127.0.0.1:1' });

    const refused = await caught(report(backend, { agentId: 'a', ...wrong } as ReportParameters));

    expect(refused).toBeInstanceOf(ConfigurationError);
    expect(refused.message).toContain(`'${name}'`);
  });
});

test('tasks and agents are read with all their fields, unknown ones included', async () => {
  const record = {
    id: 't-1',
    agent_id: 'a',
    organization_id: 'o',
    created_at: '2026-11-22T10:00:00Z',
    status: 'completed',
    input: { text: 'hello', files: [], custom_field: 1 },
    payload_extension: { keep_this: true },
    brand_new_field: { nested_key: 'as it is' },
    paused_at: null,
  };
  const one = await threadedAnswer({ status: 200, body: JSON.stringify(record) });
  const many = await threadedAnswer({ status: 200, body: JSON.stringify([record]) });

  const task = await new Tasks({ apiKey, baseUrl: one }).get('t-1');
  const history = await new Tasks({ apiKey, baseUrl: many }).list('a');

  expect(task).toEqual({
    id: 't-1',
    agentId: 'a',
    organizationId: 'o',
    createdAt: '2026-11-22T10:00:00Z',
    status: 'completed',
    input: { text: 'hello', files: [], custom_field: 1 },
    payloadExtension: { keep_this: true },
    brandNewField: { nested_key: 'as it is' },
    pausedAt: null,
  });
  expect(history).toEqual([task]);
});

test('tasks and agents are listed, and an unknown id is a 404', async () => {
  const platform = await threadedPlatform({ agentIds: ['quiet agent'] });
  const configuration = { apiKey, baseUrl: platform.url };
  const backend = new Backend(configuration);
  await backend.reportExternalTask({ agentId: 'a', id: 't-1', isSuccess: false });
  await backend.reportExternalTask({ agentId: 'a', id: 't-2' });
  const tasks = new Tasks(configuration);
  const agents = new Agents(configuration);

  const ids = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id);

  expect(ids(await tasks.list('a'))).toEqual(['t-2', 't-1']);
  expect(ids(await tasks.list('a', { status: 'failed' }))).toEqual(['t-1']);
  expect(ids(await agents.list()).sort()).toEqual(['a', 'quiet agent']);
  expect(await agents.get('quiet agent')).toMatchObject({ name: 'quiet agent' });
  await expect(agents.get('nobody')).rejects.toMatchObject({ statusCode: 404 });
  await expect(tasks.get('nothing')).rejects.toMatchObject({ statusCode: 404 });
  await expect(tasks.list('a', { state: 'x' } as object)).rejects.toThrow("unknown field 'state'");
  await expect(tasks.get('')).rejects.toThrow("'id' must be a non-empty string");
});

test('an aborted call throws with the reason as cause', async () => {
  const platform = await threadedPlatform({ faults: { kind: 'hang' } });
  const controller = new AbortController();
  const backend = new Backend({ apiKey, baseUrl: platform.url });

  const pending = caught(
    backend.reportExternalTask({ agentId: 'a' }, { signal: controller.signal }),
  );
  controller.abort(new Error('shutting down'));

  expect(await pending).toMatchObject({
    name: 'ConnectionError',
    code: 'ABORTED',
    cause: { message: 'shutting down' },
  });
});

test('connections stay open for later calls', async () => {
  const ports = new Set<number | undefined>();
  const task = {
    id: 't',
    agent_id: 'a',
    organization_id: 'o',
    created_at: '2026-01-01',
    input: {},
  };
  const server = createServer((request, response) => {
    ports.add(request.socket.remotePort);
    request.resume();
    response.end(JSON.stringify(task));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  const address = server.address();
  const baseUrl = `http://127.0.0.1:${typeof address === 'object' && address?.port}`;
  const backend = new Backend({ apiKey, baseUrl });

  for (let call = 0; call < 10; call += 1) await backend.reportExternalTask({ agentId: 'a' });

  // A second one where the next call came before the first connection was free again.
  expect(ports.size).toBeLessThanOrEqual(2);
});

test('reportExternalTaskSync() blocks the thread', async () => {
  const platform = await threadedPlatform();
  let ran = false;
  setImmediate(() => {
    ran = true;
  });

  new Backend({ apiKey, baseUrl: platform.url }).reportExternalTaskSync({ agentId: 'a' });

  expect(ran).toBe(false);
});

async function caught(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => expect.unreachable('the call did not fail'),
    (error: Error) => error,
  );
}

/** All that a logger could print of an error. */
function everythingIn(error: Error): string {
  const { message, stack, cause } = error;
  return [message, stack, JSON.stringify(error), String(cause), JSON.stringify(cause)].join('\n');
}

async function lastBody(platform: ThreadedPlatform): Promise<unknown> {
  return (await platform.requests()).at(-1)?.body;
}
