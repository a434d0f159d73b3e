import { once } from 'node:events';
import { expect, test } from 'vitest';
import { startForTest } from '../../local/platform-client.ts';
import { closedPort } from '../../support/closed-port.ts';
import { endOf, run, start, temporaryFile } from '../command-process.ts';

test('reports what the flags say, and prints the id', async () => {
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
    'the names of the wire',
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
])('takes a whole report in %s, and flags win', async (_, document) => {
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

test('makes an id, so that a report that is sent twice is one task', async () => {
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

test('refuses a report that is none, with a reason that quotes no text', async () => {
  const env = { XPANDER_AGENT_ID: 'a' };

  const ended = await run(['report', '--from', '-'], { env, stdin: '{"input":["PAYLOAD"]}' });

  expect(ended).toEqual({
    code: 2,
    stdout: '',
    stderr: "error: standard input: 'input' must be a string, or null; it is something else.\n",
  });
});

test.each([
  [[], /There is nothing to report/],
  [['--input', 'x'], /No agent is named\. Give --agent, or set XPANDER_AGENT_ID/],
  [['--agent', 'a', 'text'], /'text' is no option/],
  [['--agent', 'a', 'text', '--', 'ls'], /'text' is no option/],
  [['--agent', 'a', '--input', '-', '--result', '-'], /--input and --result cannot all read/],
  [['--agent', 'a', '--input', '@/nowhere'], /the file '\/nowhere' cannot be read \(ENOENT\)/],
  [['--agent', 'a', '--llm-response', '{PAYLOAD'], /The value of --llm-response is not valid JSON/],
  [['--agent', 'a', '--duration', '1s'], /It must be a number of seconds/],
  [['--agent', 'a', '--'], /There is no command behind --/],
  [['--agent', 'a', '--result', 'x', '--', 'ls'], /--result cannot be used with a command/],
  [['--agent', 'a', '--input', '-', '--', 'ls'], /--input cannot read standard input/],
])('refuses the flags %j as wrong usage', async (flags, reason) => {
  const ended = await run(['report', ...flags], { url: 'http://127.0.0.1:1' });

  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(reason);
});

test('runs a command, stays out of its way and reports how it went', async () => {
  const { url, tasks } = await startForTest();
  const script = 'cat; echo warned >&2; exit 3';

  const [failed, fine] = await Promise.all([
    run(['report', '--agent', 'a', '--', 'sh', '-c', script], { url, stdin: 'given\n' }),
    run(
      [
        'report',
        '--agent',
        'b',
        '--id',
        'x',
        '--input',
        'say',
        '--tool',
        't',
        '--',
        'echo',
        '-n',
        'hi',
      ],
      {
        url,
      },
    ),
  ]);

  expect(failed).toEqual({ code: 3, stdout: 'given\n', stderr: 'warned\n' });
  expect(fine).toEqual({ code: 0, stdout: 'hi', stderr: '' });
  expect(tasks('a')).toMatchObject([
    { status: 'failed', input: `sh -c '${script}'`, result: 'Exit code 3\nwarned' },
  ]);
  expect(tasks('a')[0]?.durationSeconds).toBeGreaterThan(0);
  expect(tasks('b')).toMatchObject([
    { id: 'x', status: 'completed', input: 'say', result: 'hi', usedTools: ['t'] },
  ]);
});

test('masks what the command line and the output give away', async () => {
  const { url, tasks } = await startForTest();

  await run(['report', '--agent', 'a', '--', 'echo', '--password=hunter2hunter2'], { url });

  expect(tasks()[0]?.status).toBe('completed');
  expect(JSON.stringify(tasks())).not.toContain('hunter2');
});

test('gives the exit code of the command although it cannot be reported', async () => {
  const url = `http://127.0.0.1:${await closedPort()}`;

  const [unreachable, noAgent, disabled] = await Promise.all([
    run(['report', '--agent', 'a', '--', 'sh', '-c', 'exit 7'], { url }),
    run(['report', '--', 'echo', 'hi'], { url }),
    run(['report', '--', 'echo', 'hi'], { url, env: { XPANDER_DISABLED: 'true' } }),
  ]);

  expect(unreachable.code).toBe(7);
  expect(unreachable.stderr).toMatch(/^error: The run of 'sh' is not reported\. .*ECONNREFUSED/);
  expect(noAgent).toEqual({
    code: 0,
    stdout: 'hi\n',
    stderr:
      "error: The run of 'echo' is not reported. No agent is named. Give --agent, or set XPANDER_AGENT_ID.\n",
  });
  expect(disabled).toEqual({ code: 0, stdout: 'hi\n', stderr: '' });
});

test('reports a command that cannot be started as failed', async () => {
  const { url, tasks } = await startForTest();
  const noProgram = temporaryFile('text', 'x');

  const [missing, forbidden] = await Promise.all([
    run(['report', '--agent', 'a', '--', 'no-such-program'], { url }),
    run(['report', '--agent', 'b', '--', noProgram], { url }),
  ]);

  expect(missing).toEqual({
    code: 127,
    stdout: '',
    stderr: "error: The command 'no-such-program' was not found.\n",
  });
  expect(forbidden.code).toBe(126);
  expect(tasks('a')).toMatchObject([
    { status: 'failed', result: "The command 'no-such-program' was not found." },
  ]);
  expect(tasks('b')).toMatchObject([{ status: 'failed' }]);
});

test('hands SIGTERM on and reports what ended the command', async () => {
  const { url, tasks } = await startForTest();
  const args = ['report', '--agent', 'a', '--', 'sh', '-c', 'echo ready; exec sleep 60'];
  const child = start(args, { url });
  const ended = endOf(child);
  if (child.stdout) await once(child.stdout, 'data');

  child.kill('SIGTERM');

  expect((await ended).code).toBe(143);
  expect(tasks()).toMatchObject([{ status: 'failed', result: 'Ended by SIGTERM\nready' }]);
});

test('does not wait for what the command leaves running', async () => {
  const { url, tasks } = await startForTest();

  const ended = await run(['report', '--agent', 'a', '--', 'sh', '-c', 'sleep 30 & echo $!'], {
    url,
  });
  process.kill(Number(ended.stdout));

  expect(ended.code).toBe(0);
  expect(tasks()).toMatchObject([{ status: 'completed', result: ended.stdout.trim() }]);
});

test('ends the command and reports it when nobody reads its output any more', async () => {
  const { url, tasks } = await startForTest();
  const child = start(['report', '--agent', 'a', '--', 'yes'], { url });
  const exited = once(child, 'exit');

  child.stdout?.once('data', () => child.stdout?.destroy());

  const [code] = await exited;
  expect(code).not.toBe(0);
  expect(tasks()).toMatchObject([{ status: 'failed' }]);
});
