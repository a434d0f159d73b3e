import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { report, startForTest } from '../../local/platform-client.ts';
import { temporaryFile } from '../../support/temporary-file.ts';
import { endOf, run, start } from '../command-process.ts';
import { fileFormats } from './export-formats.ts';
import { deadLetterMessage } from './log-lines.ts';

const env = { XPANDER_API_KEY: 'key-of-the-test' };

test('sends a compressed export from standard input', async () => {
  const { url, tasks } = await startForTest({ apiKeys: [env.XPANDER_API_KEY] });
  const exported = fileFormats['an export to S3, compressed']?.([
    { time: new Date(), message: `${deadLetterMessage({ id: 'a' })}\n` },
    { time: new Date(), message: `${deadLetterMessage({ id: 'b' }, 'agent-2')}\n` },
  ]);

  const ended = await run(['replay', '-', '--json'], { url, env, stdin: exported });

  expect(ended).toMatchObject({ code: 0 });
  expect(JSON.parse(ended.stdout)).toMatchObject({ found: 2, sent: 2 });
  expect(tasks().map(({ agentId, id }) => [agentId, id])).toEqual([
    ['agent-2', 'b'],
    ['agent-1', 'a'],
  ]);
});

test('prints the outcome of every report and saves the rejected ones', async () => {
  const { url, tasks } = await startForTest({ bodyLimitBytes: 2_000 });
  await report(url, 'agent-1', { id: 'retried', result: 'ok', duration: 2 });
  const large = deadLetterMessage({ id: 'large', input: 'PAYLOAD'.repeat(500) });
  const file = temporaryFile(
    'export.log',
    [
      deadLetterMessage({ id: 'twice', is_success: false, result: 'Error' }),
      deadLetterMessage({ id: 'retried', is_success: false, result: 'Error' }),
      `2026-11-22T10:00:00.000Z\tid\tWARN\t${large}`,
      deadLetterMessage({ id: 'twice', result: 'second' }),
      deadLetterMessage().slice(0, -20),
      deadLetterMessage({ id: null }),
    ].join('\n'),
  );
  const rejected = join(file, '..', 'rejected.log');

  const ended = await run(['replay', file, '--rejected', rejected], { url, env });

  expect(ended.stdout).toBe(`found                  6
sent                   1
already finished       1
superseded             1
not sent               1
unreadable             2
not tried              0
not sent: large of agent-1 (line 3): POST ${url}/agent-execution/agent-1/report_task was answered with 413: The body is larger than 2000 bytes.
unreadable: line 5: truncated: the end of the report is missing
unreadable: line 6: invalid field 'report.id': Invalid input: expected string, received null
`);
  expect(ended.stderr).toBe(`Sending 3 reports to ${url}, at most 100 requests per minute.\n`);
  expect(ended.code).toBe(1);
  expect(readFileSync(rejected, 'utf8')).toBe(`${large}\n`);
  expect(readdirSync(join(file, '..')).sort()).toEqual(['export.log', 'rejected.log']);
  expect(tasks().map(({ id, result }) => [id, result])).toEqual([
    ['twice', 'second'],
    ['retried', 'ok'],
  ]);
  expect(ended.stdout + ended.stderr).not.toMatch(/PAYLOAD|key-of-the-test/);
});

test('empties the export if it is also the rejected file and all reports are sent', async () => {
  const { url } = await startForTest();
  const file = temporaryFile('export.log', deadLetterMessage());

  const ended = await run(['replay', file, '--rejected', file], { url, env });

  expect(ended.code).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe('');
});

test('lists the reports of a dry run without an API key or a platform', async () => {
  const lines = [
    deadLetterMessage({ id: 'a\u001b[31m', is_success: false }),
    deadLetterMessage({ id: 'b' }, 'agent-2'),
    deadLetterMessage({ id: 'b' }, 'agent-2'),
  ];
  const file = temporaryFile('export.log', lines.join('\n'));

  const ended = await run(['replay', file, '--dry-run'], { env: { XPANDER_API_KEY: '' } });

  expect(ended).toEqual({
    code: 0,
    stderr: '',
    stdout: `line 1: a\uFFFD[31m of agent-1, failed
line 3: b of agent-2, completed
Would send 2 of 3 reports (superseded: 1, unreadable: 0). A failure is sent only if its task has no finished record.
`,
  });
});

test('sends all reports for the agent of --agent-id', async () => {
  const { url, tasks } = await startForTest();
  const file = temporaryFile(
    'export.log',
    `${deadLetterMessage({}, 'one')}\n${deadLetterMessage({}, 'two')}`,
  );

  const ended = await run(['replay', file, '--agent-id', 'agent-9', '--json', '--base-url', url], {
    env,
  });

  expect(JSON.parse(ended.stdout)).toEqual({
    found: 2,
    sent: 1,
    alreadyThere: 0,
    superseded: 1,
    notTried: 0,
    notSent: [],
    unreadable: [],
    stopped: null,
  });
  expect(tasks().map(({ agentId }) => agentId)).toEqual(['agent-9']);
});

test('prints the summary on Ctrl-C and saves the remaining reports', async () => {
  const platform = await startForTest({
    faults: [{ kind: 'latency', ms: 0, times: 1 }, { kind: 'hang' }],
  });
  const file = temporaryFile(
    'export.log',
    ['a', 'b', 'c'].map((id) => deadLetterMessage({ id })).join('\n'),
  );
  const child = start(['replay', file, '--rejected', file], { url: platform.url, env });
  const ended = endOf(child);

  await expect.poll(() => platform.requests().length, { timeout: 10_000 }).toBe(2);
  child.kill('SIGINT');

  const { code, stdout } = await ended;
  expect(code).toBe(1);
  expect(stdout).toContain('sent                   1\n');
  expect(stdout).toContain('not tried              2\nStopped early: Interrupted.\n');
  expect(readFileSync(file, 'utf8').match(/"id":"."/g)).toEqual(['"id":"b"', '"id":"c"']);
});

test('sends nothing if Ctrl-C interrupts reading', async () => {
  const platform = await startForTest();
  const child = start(['replay', '-'], { url: platform.url, env });
  const ended = endOf(child);
  // More than a pipe buffers: the write ends only if the command is reading.
  const filler = Buffer.alloc(4 * 1024 * 1024, ' ');
  await new Promise((resolve) => child.stdin?.write(filler, resolve));

  child.kill('SIGINT');

  expect(await ended).toEqual({
    code: 1,
    stdout: '',
    stderr: 'Interrupted while reading; nothing was sent.\n',
  });
  expect(platform.requests()).toEqual([]);
});

test('explains a rejected key without printing the key or a payload', async () => {
  const { url } = await startForTest({ apiKeys: ['another'] });
  const file = temporaryFile('export.log', deadLetterMessage({ input: 'PAYLOAD' }));

  const ended = await run(['replay', file], { url, env });

  expect(ended.code).toBe(1);
  expect(ended.stdout).toContain(
    `Stopped early: POST ${url}/agent-execution/agent-1/report_task was answered with 403 (the API key was refused): The API key is not accepted. Check XPANDER_API_KEY.`,
  );
  expect(ended.stdout + ended.stderr).not.toMatch(/PAYLOAD|key-of-the-test/);
});

test.each([
  [['/nowhere.log'], 'error: "/nowhere.log" does not exist.'],
  [
    ['-'],
    "error: No undelivered reports found in standard input: nothing starts with '[xpander-lambda] undelivered report {'. Check that it is an export of the function's log.",
  ],
  [[], "error: missing required argument 'file'"],
  [['-', '--rate', '-1'], 'Must be a whole number of requests; 0 for no limit.'],
  [['-'], 'error: No API key. Set XPANDER_API_KEY.', ''],
])(
  'rejects replay %j with one error line and exit code 2',
  async (args, sentence, key = env.XPANDER_API_KEY) => {
    const ended = await run(['replay', ...args], { env: { XPANDER_API_KEY: key } });

    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(sentence);
    expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
  },
);

test('sends nothing if the rejected file cannot be written', async () => {
  const platform = await startForTest();
  const file = temporaryFile('export.log', deadLetterMessage());

  const ended = await run(['replay', file, '--rejected', '/nowhere/rejected.log'], {
    url: platform.url,
    env,
  });

  expect(ended).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('"/nowhere/rejected.log" cannot be written'),
  });
  expect(platform.requests()).toEqual([]);
});
