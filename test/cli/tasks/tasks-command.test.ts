import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { report, startForTest } from '../../local/platform-client.ts';
import { closedPort } from '../../support/closed-port.ts';
import { run, runOnTerminal, start } from '../command-process.ts';

const escapes = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202egnp.exe';

test('lists the tasks of all agents newest first as tab-separated lines', async () => {
  const { url } = await startForTest();
  await report(url, 'one', { id: 'a', result: 'first\tline\nsecond line' });
  await report(url, 'two', { id: 'b', is_success: false, result: 'TypeError: x' });
  await report(url, 'one', { id: 'c' });

  const ended = await run(['tasks'], { url });

  const time = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;
  expect(ended.stdout).toMatch(
    new RegExp(
      [
        `^${time}\tcompleted\tone\tc\t`,
        `${time}\tfailed\ttwo\tb\tTypeError: x`,
        `${time}\tcompleted\tone\ta\tfirst line second line\n$`,
      ].join('\n'),
    ),
  );
  expect(ended).toMatchObject({ code: 0, stderr: '' });
});

test('filters tasks by agent and status and limits their number', async () => {
  const { url } = await startForTest();
  for (const id of ['a', 'b', 'c']) await report(url, 'one', { id, is_success: id !== 'b' });
  await report(url, 'two', { id: 'd', is_success: false });
  const idsOf = async (args: readonly string[], env = {}): Promise<string[]> => {
    const { stdout } = await run(['tasks', '--json', ...args], { url, env });
    return JSON.parse(stdout).map(({ id }: { id: string }) => id);
  };

  const lists = await Promise.all([
    idsOf(['--agent', 'one']),
    idsOf(['--status', 'failed']),
    idsOf(['--limit', '2']),
    idsOf([], { XPANDER_AGENT_ID: 'two' }),
    idsOf(['--all-agents', '--limit', '0'], { XPANDER_AGENT_ID: 'two' }),
    idsOf(['--agent', 'nobody']),
  ]);

  expect(lists).toEqual([['c', 'b', 'a'], ['d', 'b'], ['d', 'c'], ['d'], ['d', 'c', 'b', 'a'], []]);
});

test('prints tasks as JSON in camelCase without raw control characters', async () => {
  const { url } = await startForTest();
  await report(url, 'one', { id: 'a', result: escapes });

  const { stdout } = await run(['tasks', '--json'], { url });

  expect(JSON.parse(stdout)).toMatchObject([
    { id: 'a', agentId: 'one', organizationId: 'local', status: 'completed', result: escapes },
  ]);
  expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
});

test.each([120, 80, 50, 20, 5])(
  'fits the task table into a terminal of %d columns',
  async (columns) => {
    const { url } = await startForTest();
    await report(url, 'agent-日本語'.repeat(4), { id: 'a'.repeat(60), result: '結果'.repeat(200) });
    await report(url, 'two', {
      id: 'b',
      is_success: false,
      result: `${escapes}${'é'.repeat(300)}`,
    });

    const { stdout, code } = await runOnTerminal(['tasks'], columns, {
      url,
      env: { NO_COLOR: '1' },
    });

    const lines = stdout.trimEnd().split('\r\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
    expect(stdout.replaceAll('\r\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(code).toBe(0);
  },
);

test('uses colours on a terminal, obeys NO_COLOR and FORCE_COLOR', async () => {
  const { url } = await startForTest();
  await report(url, 'one', { id: 'a' });

  const [terminal, unwanted, pipe, forced] = await Promise.all([
    runOnTerminal(['tasks'], 80, { url }),
    runOnTerminal(['tasks'], 80, { url, env: { NO_COLOR: '1' } }),
    run(['task', 'a'], { url }),
    run(['task', 'a'], { url, env: { FORCE_COLOR: '1' } }),
  ]);

  expect(terminal.stdout).toContain('\u001b[32m✓ completed');
  expect(unwanted.stdout).toMatch(/^AGE {2}STATUS {7}AGENT {2}ID {2}RESULT\r\n/);
  expect(unwanted.stdout).not.toContain('\u001b');
  expect(pipe.stdout).not.toContain('\u001b');
  expect(forced.stdout).toContain('\u001b[32m✓ completed');
});

test('prints how many tasks are not listed to standard error of a terminal only', async () => {
  const { url } = await startForTest();
  for (const id of ['a', 'b', 'c']) await report(url, 'one', { id });

  const [cut, empty, piped] = await Promise.all([
    runOnTerminal(['tasks', '--limit', '1'], 80, { url }),
    runOnTerminal(['tasks', '--status', 'paused'], 80, { url }),
    run(['tasks', '--status', 'paused'], { url }),
  ]);

  expect(cut.stdout).toContain('Showing 1 of 3 tasks. Use --limit 0 to list all.');
  expect(empty.stdout).toBe('No tasks found.\r\n');
  expect(piped).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('exits quietly if the reader closes the output', async () => {
  const { url } = await startForTest();
  const result = 'x'.repeat(50_000);
  await Promise.all(
    Array.from({ length: 40 }, (_, n) => report(url, 'one', { id: `${n}`, result })),
  );
  const child = start(['tasks', '--limit', '0'], { url });

  child.stdout?.once('data', () => child.stdout?.destroy());
  const [stderr, [code]] = await Promise.all([
    child.stderr ? text(child.stderr) : '',
    once(child, 'exit'),
  ]);

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('lists the tasks of the other agents if one agent fails', async () => {
  const url = await startServerWith({
    '/agents/list': [200, '[{"id":"one","name":"one"},{"id":"two\\u001b","name":"two"}]'],
    '/agent-execution/executions/history/one': [
      200,
      '[{"id":"a","agent_id":"one","organization_id":"o","status":"completed","created_at":"2026-01-02T03:04:05.123456"}]',
    ],
    '/agent-execution/executions/history/two%1B': [403, '{"detail":"not yours\\u001b[31m"}'],
  });

  const ended = await run(['tasks'], { url, env: { XPANDER_API_KEY: 'k' } });

  expect(ended).toEqual({
    code: 1,
    stdout: '2026-01-02T03:04:05.123456\tcompleted\tone\ta\t\n',
    stderr: `error: The tasks of agent 'two␛' could not be listed. GET ${url}/agent-execution/executions/history/two%1B was answered with 403 (the API key was refused): not yours␛[31m\n`,
  });
});

test('retries a busy platform and stops at the timeout', async () => {
  const { url } = await startForTest({ faults: { kind: 'status', status: 503 } });
  const hanging = await startServerWith({});

  const [busy, silent] = await Promise.all([
    run(['report', '--agent', 'a', '--input', 'x'], { url }),
    run(['tasks', '--timeout', '0.3'], { url: hanging }),
  ]);

  expect(busy).toMatchObject({ code: 1, stdout: '' });
  expect(busy.stderr).toContain('was answered with 503');
  expect(silent).toEqual({
    code: 1,
    stdout: '',
    stderr: 'error: No response within 0.3 s. Use --timeout to wait longer.\n',
  });
});

test.each([
  [['--status', 'x'], /Allowed choices are pending/],
  [['--limit', '-1'], /Must be a whole number, 0 or more/],
  [['--timeout', '0'], /Must be a number of seconds/],
  [['--agent', ''], /Must not be empty/],
  [['--agent', 'a', '--all-agents'], /cannot be used with/],
  [['more'], /too many arguments/],
  [['--base-url', 'http://example.com'], /would send the API key unencrypted/],
  [['--base-url', 'https://example.com'], /No API key. Set XPANDER_API_KEY/],
])('rejects tasks %j as wrong usage', async (args, reason) => {
  const ended = await run(['tasks', ...args]);

  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(reason);
});

test('suggests a fix for a rejected key and an unreachable platform', async () => {
  const { url } = await startForTest({ apiKeys: ['right-key'] });
  const port = await closedPort();

  const [refused, nobody, allowed] = await Promise.all([
    run(['tasks'], { url, env: { XPANDER_API_KEY: 'wrong-key' } }),
    run(['tasks'], { url: `http://127.0.0.1:${port}` }),
    run(['tasks'], { url, env: { XPANDER_API_KEY: 'right-key' } }),
  ]);

  expect(refused).toEqual({
    code: 1,
    stdout: '',
    stderr: `error: GET ${url}/agents/list was answered with 403 (the API key was refused): The API key is not accepted. Check XPANDER_API_KEY or --api-key-secret.\n`,
  });
  expect(nobody.stderr).toMatch(/nothing listens there \(ECONNREFUSED\)\. Check --base-url/);
  expect(nobody.code).toBe(1);
  expect(allowed.code).toBe(0);
});

/** Starts a server with these responses. Other requests get no response. */
async function startServerWith(
  responses: Readonly<Record<string, readonly [number, string]>>,
): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    const prepared = responses[url];
    if (prepared)
      response.writeHead(prepared[0], { 'content-type': 'application/json' }).end(prepared[1]);
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

/** Counts columns independently of the code under test: two for Han, otherwise one. */
function columnsOf(line: string): number {
  return Array.from(line, (character) => (/\p{Script=Han}/u.test(character) ? 2 : 1)).reduce(
    (sum: number, columns) => sum + columns,
    0,
  );
}
