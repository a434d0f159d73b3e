/** The public Python SDK and this package put the same requests on the wire. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { Agents, ApiError, Backend, Tasks } from '../../src/index.ts';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { pythonWithSdk } from './install-python-sdk.ts';

test('the same calls make equal requests and bring equal answers', async () => {
  const [forPython, forUs] = [await platform(), await platform()];

  const python = await callsOfPython(forPython);
  const ours = await callsOfOurs(forUs);

  expect(ours).toEqual(python);
  expect(requestsTo(forUs)).toEqual(requestsTo(forPython));
  expect(requestsTo(forUs)).toHaveLength(12);
});

async function platform(): Promise<LocalPlatform> {
  const started = await startLocalPlatform({ apiKeys: ['key-of-the-test'] });
  onTestFinished(() => started.close());
  return started;
}

function requestsTo({ requests }: LocalPlatform): unknown[] {
  return requests().map(({ method, path, body, headers }) => ({
    method,
    path,
    body,
    contentType: headers['content-type'],
    hasKey: 'x-api-key' in headers,
  }));
}

async function callsOfPython({ url }: LocalPlatform): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    await pythonWithSdk(),
    [fileURLToPath(new URL('calls.py', import.meta.url))],
    {
      env: {
        PATH: process.env['PATH'],
        XPANDER_BASE_URL: url,
        XPANDER_API_KEY: 'key-of-the-test',
        XPANDER_AGENT_ID: 'agent-of-environment',
        XPANDER_ORGANIZATION_ID: 'local',
      },
    },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

async function callsOfOurs({ url }: LocalPlatform): Promise<unknown> {
  const configuration = { baseUrl: url, apiKey: 'key-of-the-test' };
  const backend = new Backend(configuration);
  const job = { agentId: 'agent-123', id: 'job-7842', input: 'Long-running data extraction' };

  const full = await backend.reportExternalTask({
    agentId: 'agent-123',
    id: 'ext-job-9921',
    input: 'Summarize Q4 earnings',
    result: 'Q4 revenue grew 22% YoY, driven by ...',
    llmResponse: { id: 'cmpl-1', choices: [{ message: { content: 'Süß 🦊' } }] },
    tokens: { promptTokens: 2_140, completionTokens: 380 },
    duration: 4.7,
    usedTools: ['web_search', 'fetch_pdf'],
    isSuccess: true,
  });
  await backend.reportExternalTask({ ...job, isSuccess: true, result: null, duration: 0 });
  const updated = await backend.reportExternalTask({
    ...job,
    result: 'Extracted 412 rows',
    tokens: {
      ...{ promptTokens: 18_400, completionTokens: 2_100 },
      ...{ cacheReadTokens: 9_000, cacheWriteTokens: 300 },
    },
    duration: 37.6,
    isSuccess: true,
    usedTools: ['s3_read', 'snowflake_query'],
  });
  const agents = new Agents(configuration);
  const agent = await agents.get('agent-123');
  await backend.reportExternalTask({
    agent,
    id: 'ext-2025-04-25-001',
    input: 'Daily summary',
    result: '...',
    isSuccess: true,
  });
  const failed = await backend.reportExternalTask({
    agentId: 'agent-123',
    id: 'job-failed-001',
    input: 'prompt',
    result: 'no model',
    isSuccess: false,
  });
  const anonymous = await backend.reportExternalTask({
    agentId: 'agent-of-environment',
    result: 'from the environment',
  });
  await backend.reportExternalTask({ agentId: 'agent 1 é', tokens: { promptTokens: 7 } });

  const tasks = new Tasks(configuration);
  const history = await tasks.list('agent-123', { status: 'failed' });
  const missing = await tasks.get('no-such-task').catch((error: unknown) => error);
  const read = await tasks.get('ext-job-9921');
  return {
    full: [full.id, full.status, full.result, full.input.text],
    updated: [updated.id, updated.status, updated.result],
    agent: [agent.id, agent.name],
    failed: [failed.id, failed.status],
    anonymous: anonymous.agentId,
    read: read.result,
    history: history.map(({ id }) => id),
    agents: (await agents.list()).map(({ id }) => id).sort(),
    missing: missing instanceof ApiError ? missing.statusCode : missing,
  };
}
