import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { report, startForTest } from '../../local/platform-client.ts';
import { closedPort } from '../../support/closed-port.ts';
import { run, runOnTerminal, start } from '../command-process.ts';

const escapes = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202egnp.exe';

test('lists the tasks of all agents, the newest first, apart by tabs', async () => {
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

test('narrows them by agent, status and number', async () => {
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

test('gives programs what the platform keeps, in camelCase and without a raw control character', async () => {
  const { url } = await startForTest();
  await report(url, 'one', { id: 'a', result: escapes });

  const { stdout } = await run(['tasks', '--json'], { url });

  expect(JSON.parse(stdout)).toMatchObject([
    { id: 'a', agentId: 'one', organizationId: 'local', status: 'completed', result: escapes },
  ]);
  expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
});

test.each([120, 80, 50, 20, 5])('fits a terminal of %d columns', async (columns) => {
  const { url } = await startForTest();
  await report(url, 'agent-日本語'.repeat(4), { id: 'a'.repeat(60), result: '結果'.repeat(200) });
  await report(url, 'two', { id: 'b', is_success: false, result: `${escapes}${'é'.repeat(300)}` });

  const { stdout, code } = await runOnTerminal(['tasks'], columns, { url, env: { NO_COLOR: '1' } });

  const lines = stdout.trimEnd().split('\r\n');
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
  expect(stdout.replaceAll('\r\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(code).toBe(0);
});

test('has colours on a terminal and where they are forced, and none where they are not wanted', async () => {
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

test('says on standard error what is not listed, to people alone', async () => {
  const { url } = await startForTest();
  for (const id of ['a', 'b', 'c']) await report(url, 'one', { id });

  const [cut, empty, piped] = await Promise.all([
    runOnTerminal(['tasks', '--limit', '1'], 80, { url }),
    runOnTerminal(['tasks', '--status', 'paused'], 80, { url }),
    run(['tasks', '--status', 'paused'], { url }),
  ]);

  expect(cut.stdout).toContain('1 of 3; --limit 0 lists all.');
  expect(empty.stdout).toBe('There are no such tasks.\r\n');
  expect(piped).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('ends without a word when nobody reads on', async () => {
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

test('lists what it can, and says which agent is missing', async () => {
  const url = await startPlatformWith({
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
    stderr: `error: The tasks of agent 'two␛' are missing. GET ${url}/agent-execution/executions/history/two%1B was answered with 403 (the API key was refused): not yours␛[31m\n`,
  });
});

test('asks again when the platform is busy, and gives up in time', async () => {
  const { url } = await startForTest({ faults: { kind: 'status', status: 503 } });
  const hanging = await startPlatformWith({});

  const [busy, silent] = await Promise.all([
    run(['report', '--agent', 'a', '--input', 'x'], { url }),
    run(['tasks', '--timeout', '0.3'], { url: hanging }),
  ]);

  expect(busy).toMatchObject({ code: 1, stdout: '' });
  expect(busy.stderr).toContain('was answered with 503');
  expect(silent).toEqual({
    code: 1,
    stdout: '',
    stderr: 'error: There was no answer within 0.3 s. --timeout gives it longer.\n',
  });
});

test.each([
  [['--status', 'x'], /Allowed choices are pending/],
  [['--limit', '-1'], /It must be a whole number, 0 or more/],
  [['--timeout', '0'], /It must be a number of seconds/],
  [['--agent', ''], /It must not be empty/],
  [['--agent', 'a', '--all-agents'], /cannot be used with/],
  [['more'], /too many arguments/],
  [['--base-url', 'http://example.com'], /would send the API key unencrypted/],
  [['--base-url', 'https://example.com'], /There is no API key. Set XPANDER_API_KEY/],
])('refuses %j as wrong usage', async (args, reason) => {
  const ended = await run(['tasks', ...args]);

  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(reason);
});

test('says what to change when the platform cannot be had', async () => {
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

/** Answers as told; what it was not told stays without an answer. */
async function startPlatformWith(
  answers: Readonly<Record<string, readonly [number, string]>>,
): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    const answer = answers[url];
    if (answer)
      response.writeHead(answer[0], { 'content-type': 'application/json' }).end(answer[1]);
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

/** Counted apart from the code under test: what is used here is one column, or two for Han and Kana. */
function columnsOf(line: string): number {
  return Array.from(line, (character) => (/\p{Script=Han}/u.test(character) ? 2 : 1)).reduce(
    (sum: number, columns) => sum + columns,
    0,
  );
}
