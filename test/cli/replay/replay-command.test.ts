import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { report, startForTest } from '../../local/platform-client.ts';
import { fileForms } from './export-forms.ts';
import { undeliveredMessage } from './log-lines.ts';

const cli = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const apiKey = 'key-of-the-test';

test('sends what comes in through standard input, compressed or not', async () => {
  const { url, tasks } = await startForTest({ apiKeys: [apiKey] });
  const exported = fileForms['an export to S3, compressed']?.([
    { time: new Date(), message: `${undeliveredMessage({ id: 'a' })}\n` },
    { time: new Date(), message: `${undeliveredMessage({ id: 'b' }, 'agent-2')}\n` },
  ]);

  const ended = await run(['-', '--json'], { url, stdin: exported });

  expect(ended).toMatchObject({ code: 0 });
  expect(JSON.parse(ended.stdout)).toMatchObject({ found: 2, sent: 2 });
  expect(tasks().map(({ agentId, id }) => [agentId, id])).toEqual([
    ['agent-2', 'b'],
    ['agent-1', 'a'],
  ]);
});

test('accounts for everything that it found, and keeps what was not sent', async () => {
  const { url, tasks } = await startForTest({ bodyLimitBytes: 2_000 });
  await report(url, 'agent-1', { id: 'retried', result: 'ok', duration: 2 });
  const large = undeliveredMessage({ id: 'large', input: 'PAYLOAD'.repeat(500) });
  const file = temporaryFile(
    [
      undeliveredMessage({ id: 'twice', is_success: false, result: 'Error' }),
      undeliveredMessage({ id: 'retried', is_success: false, result: 'Error' }),
      `2026-11-22T10:00:00.000Z\tid\tWARN\t${large}`,
      undeliveredMessage({ id: 'twice', result: 'second' }),
      undeliveredMessage().slice(0, -20),
      undeliveredMessage({ id: null }),
    ].join('\n'),
  );
  const rejected = join(file, '..', 'rejected.log');

  const ended = await run([file, '--rejected', rejected], { url });

  expect(ended.stdout).toBe(`found               6
sent                1
already there       1
superseded          1
not sent            1
unreadable          2
not tried           0
not sent: large of agent-1 (line 3): POST ${url}/agent-execution/agent-1/report_task was answered with 413: The body is larger than 2000 bytes.
unreadable: line 5: it is truncated: its end is missing
unreadable: line 6: 'report.id' is not that of a report: Invalid input: expected string, received null
`);
  expect(ended.stderr).toBe(`Sending 3 reports to ${url}, at most 100 requests a minute.\n`);
  expect(ended.code).toBe(1);
  expect(readFileSync(rejected, 'utf8')).toBe(`${large}\n`);
  expect(readdirSync(join(file, '..')).sort()).toEqual(['export.log', 'rejected.log']);
  expect(tasks().map(({ id, result }) => [id, result])).toEqual([
    ['twice', 'second'],
    ['retried', 'ok'],
  ]);
  expect(ended.stdout + ended.stderr).not.toMatch(/PAYLOAD|key-of-the-test/);
});

test('empties the file that it reads when that is where the rest goes', async () => {
  const { url } = await startForTest();
  const file = temporaryFile(undeliveredMessage());

  const ended = await run([file, '--rejected', file], { url });

  expect(ended.code).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe('');
});

test('lists what it would send, without key and platform', async () => {
  const lines = [
    undeliveredMessage({ id: 'a\u001b[31m', is_success: false }),
    undeliveredMessage({ id: 'b' }, 'agent-2'),
    undeliveredMessage({ id: 'b' }, 'agent-2'),
  ];
  const file = temporaryFile(lines.join('\n'));

  const ended = await run([file, '--dry-run'], { key: '' });

  expect(ended).toEqual({
    code: 0,
    stderr: '',
    stdout: `line 1: a\uFFFD[31m of agent-1, failed
line 3: b of agent-2, completed
Would send 2 of 3 found (superseded: 1, unreadable: 0); a failed one only if its run has no finished record.
`,
  });
});

test('sends for another agent when told so', async () => {
  const { url, tasks } = await startForTest();
  const file = temporaryFile(`${undeliveredMessage({}, 'one')}\n${undeliveredMessage({}, 'two')}`);

  const ended = await run([file, '--agent-id', 'agent-9', '--json', '--base-url', url], {});

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

test('ends with the counts on Ctrl-C, and keeps what is left', async () => {
  const platform = await startForTest({
    faults: [{ kind: 'latency', ms: 0, times: 1 }, { kind: 'hang' }],
  });
  const file = temporaryFile(['a', 'b', 'c'].map((id) => undeliveredMessage({ id })).join('\n'));
  const child = start([file, '--rejected', file], { url: platform.url });
  const ended = endOf(child);

  await expect.poll(() => platform.requests().length, { timeout: 10_000 }).toBe(2);
  child.kill('SIGINT');

  const { code, stdout } = await ended;
  expect(code).toBe(1);
  expect(stdout).toContain('sent                1\n');
  expect(stdout).toContain('not tried           2\nStopped early: It was interrupted.\n');
  expect(readFileSync(file, 'utf8').match(/"id":"."/g)).toEqual(['"id":"b"', '"id":"c"']);
});

test('sends nothing when Ctrl-C comes while it reads', async () => {
  const platform = await startForTest();
  const child = start(['-'], { url: platform.url });
  const ended = endOf(child);
  // More than a pipe holds: when it is gone, the command reads.
  const filler = Buffer.alloc(4 * 1024 * 1024, ' ');
  await new Promise((resolve) => child.stdin?.write(filler, resolve));

  child.kill('SIGINT');

  expect(await ended).toEqual({
    code: 1,
    stdout: '',
    stderr: 'Interrupted while reading: nothing was sent.\n',
  });
  expect(platform.requests()).toEqual([]);
});

test('says what is wrong when the key is refused, and shows neither key nor payload', async () => {
  const { url } = await startForTest({ apiKeys: ['another'] });
  const file = temporaryFile(undeliveredMessage({ input: 'PAYLOAD' }));

  const ended = await run([file], { url });

  expect(ended.code).toBe(1);
  expect(ended.stdout).toContain(
    `Stopped early: POST ${url}/agent-execution/agent-1/report_task was answered with 403 (the API key was refused): The API key is not accepted. Check XPANDER_API_KEY.`,
  );
  expect(ended.stdout + ended.stderr).not.toMatch(/PAYLOAD|key-of-the-test/);
});

test.each([
  [['/nowhere.log'], 'error: There is no file "/nowhere.log".'],
  [
    ['-'],
    "error: There is no undelivered report in standard input: nothing in it starts with '[xpander-lambda] undelivered report {'. Is it an export of the function's log?",
  ],
  [[], "error: missing required argument 'file'"],
  [['-', '--rate', '-1'], 'It must be a whole number of requests; 0 for no limit.'],
  [['-'], 'error: There is no API key. Set XPANDER_API_KEY.', ''],
])('refuses %j with one sentence and 2', async (args, sentence, key = apiKey) => {
  const ended = await run(args, { key });

  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toContain(sentence);
  expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('does not begin when the file for the rest cannot be written', async () => {
  const platform = await startForTest();
  const file = temporaryFile(undeliveredMessage());

  const ended = await run([file, '--rejected', '/nowhere/rejected.log'], { url: platform.url });

  expect(ended).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('"/nowhere/rejected.log" cannot be written'),
  });
  expect(platform.requests()).toEqual([]);
});

interface Surroundings {
  readonly url?: string;
  readonly key?: string;
  readonly stdin?: Buffer | undefined;
}

interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], { url, key = apiKey }: Surroundings): ChildProcess {
  const env = { XPANDER_API_KEY: key, ...(url !== undefined && { XPANDER_BASE_URL: url }) };
  const child = spawn(process.execPath, [cli, 'replay', ...args], { env });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function run(args: readonly string[], surroundings: Surroundings): Promise<Ended> {
  const child = start(args, surroundings);
  // A command that ends before it reads closes its end.
  child.stdin?.on('error', () => undefined).end(surroundings.stdin);
  return endOf(child);
}

async function endOf(child: ChildProcess): Promise<Ended> {
  const [stdout, stderr, [code]] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    once(child, 'exit'),
  ]);
  return { code, stdout, stderr };
}

function temporaryFile(content: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'replay-command-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'export.log');
  writeFileSync(file, content);
  return file;
}
