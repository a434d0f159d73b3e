import { expect, test } from 'vitest';
import { report, startForTest } from '../../local/platform-client.ts';
import { run } from '../command-process.ts';

test('prints the full text of a task without control characters', async () => {
  const { url } = await startForTest();
  await report(url, 'agent-1', {
    id: 'job-1',
    input: 'Summarize\r\n\tQ4\u001b[2J earnings\u202e',
    result: `${'long '.repeat(100)}\nend\n`,
    duration: 125.4,
    tokens: { prompt_tokens: 2140, completion_tokens: 380, cache_read_tokens: 1200 },
    used_tools: ['web_search', 'a\nb'],
    is_success: false,
  });

  const { code, stdout, stderr } = await run(['task', 'job-1'], { url });

  const day = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(\d+s ago\)`;
  expect(stdout.replaceAll(new RegExp(day, 'g'), 'TIME')).toBe(`Task      job-1
Agent     agent-1
Status    ✗ failed
Created   TIME
Finished  TIME
Duration  2m 05s
Tokens    2,520 (2,140 prompt, 380 completion, 1,200 cache read)
Tools     web_search, a b

Input
  Summarize
    Q4␛[2J earnings\uFFFD

Result
  ${'long '.repeat(100)}
  end
`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('prints the whole task as JSON', async () => {
  const { url } = await startForTest();
  await report(url, 'agent-1', { id: 'a/b c', input: 'x', tokens: { prompt_tokens: 1 } });

  const { stdout } = await run(['task', 'a/b c', '--json'], { url });

  expect(JSON.parse(stdout)).toMatchObject({
    id: 'a/b c',
    agentId: 'agent-1',
    organizationId: 'local',
    input: { text: 'x' },
    status: 'completed',
    usedTools: [],
    tokens: {
      ...{ promptTokens: 1, completionTokens: 0, totalTokens: 1 },
      ...{ cacheReadTokens: 0, cacheWriteTokens: 0 },
    },
  });
});

test('fails for an unknown task and for a task of another agent', async () => {
  const { url } = await startForTest();
  await report(url, 'agent-1', { id: 'a' });

  const [unknown, other, right, none] = await Promise.all([
    run(['task', 'b'], { url }),
    run(['task', 'a', '--agent', 'agent-2'], { url }),
    run(['task', 'a', '--agent', 'agent-1'], { url }),
    run(['task'], { url }),
  ]);

  expect(unknown).toEqual({
    code: 1,
    stdout: '',
    stderr: `error: GET ${url}/agent-execution/b/status was answered with 404 (not found): Task not found\n`,
  });
  expect(other).toEqual({
    code: 1,
    stdout: '',
    stderr: "error: The task 'a' belongs to agent 'agent-1', not to 'agent-2'.\n",
  });
  expect(right.code).toBe(0);
  expect(none).toEqual({ code: 2, stdout: '', stderr: "error: missing required argument 'id'\n" });
});
