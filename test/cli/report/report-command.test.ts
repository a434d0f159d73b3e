import { expect, test } from 'vitest';
import { startForTest } from '../../local/platform-client.ts';
import { temporaryFile } from '../../support/temporary-file.ts';
import { run } from '../command-process.ts';

test('reports a task from flags and prints its id', async () => {
  const { url, tasks } = await startForTest();
  const response = temporaryFile('response.json', '{"model":"m","choices":[]}');

  const ended = await run(
    [
      ...['report', '--agent', 'agent-123', '--id', 'job-1', '--input', '@@mention', '--failed'],
      ...['--result', '-', '--duration', '4.7', '--prompt-tokens', '2140'],
      ...['--cache-read-tokens', '1200', '--cache-write-tokens', '0'],
      ...['--tool', 'web_search', '--tool', 'fetch_pdf', '--llm-response', `@${response}`],
    ],
    { url, stdin: 'No model\r\nanswered\n' },
  );

  expect(ended).toEqual({ code: 0, stdout: 'job-1\n', stderr: '' });
  expect(tasks().map(({ agentId, report: sent }) => [agentId, sent])).toEqual([
    [
      'agent-123',
      {
        id: 'job-1',
        input: '@mention',
        llm_response: { model: 'm', choices: [] },
        tokens: {
          ...{ prompt_tokens: 2140, completion_tokens: 0, total_tokens: 2140 },
          ...{ cache_read_tokens: 1200, cache_write_tokens: 0 },
        },
        is_success: false,
        result: 'No model\r\nanswered',
        duration: 4.7,
        used_tools: ['web_search', 'fetch_pdf'],
      },
    ],
  ]);
});

test.each([
  [
    'snake_case',
    {
      agent_id: 'a',
      id: 'x',
      input: 'in',
      llm_response: [1],
      tokens: {
        ...{ prompt_tokens: 1, completion_tokens: 2, total_tokens: 9 },
        cache_read_tokens: 5,
      },
      is_success: false,
      result: null,
      duration: 1.5,
      used_tools: ['t'],
    },
  ],
  [
    'camelCase',
    {
      agentId: 'a',
      id: 'x',
      input: 'in',
      llmResponse: [1],
      tokens: { promptTokens: 1, completionTokens: 2, cacheReadTokens: 5 },
      isSuccess: false,
      duration: 1.5,
      usedTools: ['t'],
    },
  ],
])('reports JSON in %s with flags overriding its fields', async (_, document) => {
  const { url, tasks } = await startForTest();

  const args = ['report', '--from', '-', '--id', 'y', '--completion-tokens', '3', '--json'];
  const ended = await run(args, { url, stdin: JSON.stringify(document) });

  expect(JSON.parse(ended.stdout)).toMatchObject({ id: 'y', agentId: 'a', status: 'failed' });
  expect(tasks()[0]?.report).toEqual({
    id: 'y',
    input: 'in',
    llm_response: [1],
    tokens: {
      ...{ prompt_tokens: 1, completion_tokens: 3, total_tokens: 4 },
      ...{ cache_read_tokens: 5, cache_write_tokens: 0 },
    },
    is_success: false,
    result: null,
    duration: 1.5,
    used_tools: ['t'],
  });
});

test('generates an id before the first attempt, so that a retry updates the same task', async () => {
  const { url, tasks } = await startForTest({
    faults: [{ kind: 'status', status: 503, times: 1 }],
  });

  const ended = await run(['report', '--input', 'x'], { url, env: { XPANDER_AGENT_ID: 'a' } });

  expect(ended.code).toBe(0);
  expect(tasks().map(({ id, reportCount }) => [`${id}\n`, reportCount])).toEqual([
    [ended.stdout, 1],
  ]);
  expect(ended.stdout).toMatch(/^[\da-f-]{36}\n$/);
});

test('rejects an invalid report without quoting it', async () => {
  const env = { XPANDER_AGENT_ID: 'a' };

  const ended = await run(['report', '--from', '-'], { env, stdin: '{"input":["PAYLOAD"]}' });

  expect(ended).toEqual({
    code: 2,
    stdout: '',
    stderr: "error: standard input: 'input' must be a string, or null; it is something else.\n",
  });
});

test.each([
  [[], /Nothing to report/],
  [['--input', 'x'], /No agent\. Use --agent or set XPANDER_AGENT_ID/],
  [['--agent', 'a', 'text'], /'text' is not an option/],
  [['--agent', 'a', 'text', '--', 'ls'], /'text' is not an option/],
  [['--agent', 'a', '--input', '-', '--result', '-'], /--input and --result cannot all read/],
  [['--agent', 'a', '--input', '@/nowhere'], /the file '\/nowhere' cannot be read \(ENOENT\)/],
  [['--agent', 'a', '--llm-response', '{PAYLOAD'], /The value of --llm-response is not valid JSON/],
  [['--agent', 'a', '--duration', '1s'], /Must be a number of seconds/],
  [['--agent', 'a', '--'], /No command after --/],
  [['--agent', 'a', '--result', 'x', '--', 'ls'], /--result cannot be used with a command/],
  [['--agent', 'a', '--input', '-', '--', 'ls'], /--input cannot read standard input/],
])('rejects report %j as wrong usage', async (flags, reason) => {
  const ended = await run(['report', ...flags], { url: 'http://127.0.0.1:1' });

  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(reason);
});
