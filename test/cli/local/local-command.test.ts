import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { json, text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { localCommand } from '../../../src/cli/local/local-command.ts';
import { call, report, startForTest } from '../../local/platform-client.ts';
import { temporaryFolder } from '../../support/temporary-file.ts';
import { run, start } from '../command-process.ts';

test('prints its URL, accepts reports and exits with 0 on SIGTERM', async () => {
  const databaseFile = join(temporaryFolder(), 'tasks.db');
  const { child, url, line, stderr } = await startCommand(['--db', databaseFile]);

  const response = await report(url, 'agent-1', { id: 'a' });
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');

  expect(line).toBe(
    `xpander-lambda local: ${url} (tasks in ${databaseFile}). Set XPANDER_BASE_URL=${url} in your function.`,
  );
  expect(response.status).toBe(200);
  expect(code).toBe(0);
  expect(await stderr).toBe('');
  const platform = await startForTest({ databaseFile });
  expect(platform.tasks().map(({ id }) => id)).toEqual(['a']);
});

test('finishes the current response on SIGINT', async () => {
  const { child, url } = await startCommand(['--db', ':memory:']);
  const pending = request(`${url}/agent-execution/agent-1/report_task`, {
    method: 'POST',
    headers: { expect: '100-continue', 'x-api-key': 'k', 'content-type': 'application/json' },
  });
  pending.flushHeaders();
  await once(pending, 'continue');

  child.kill('SIGINT');
  await expect.poll(() => call(url, '/').catch(() => 'refused')).toBe('refused');
  pending.end('{"id":"a"}');
  const [response] = await once(pending, 'response');

  expect(await json(response)).toMatchObject({ id: 'a', status: 'completed' });
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('loses no confirmed report after SIGKILL', async () => {
  const databaseFile = join(temporaryFolder(), 'tasks.db');
  const { child, url } = await startCommand(['--db', databaseFile]);
  const confirmed: string[] = [];

  const clients = Array.from({ length: 4 }, async (_, client) => {
    for (let n = 0; ; n++) {
      const id = `${client}-${n}`;
      const { status } = await report(url, 'agent-1', { id, input: 'x'.repeat(2000) });
      expect(status).toBe(200);
      confirmed.push(id);
      if (confirmed.length === 40) {
        child.kill('SIGKILL');
      }
    }
  });
  await Promise.allSettled(clients);

  const platform = await startForTest({ databaseFile });
  const kept = new Set(platform.tasks().map(({ id }) => id));
  expect(confirmed.length).toBeGreaterThanOrEqual(40);
  expect(confirmed.filter((id) => !kept.has(id))).toEqual([]);
});

test('reads API keys from XPANDER_LOCAL_API_KEYS', async () => {
  const { url } = await startCommand(['--db', ':memory:'], { XPANDER_LOCAL_API_KEYS: 'one,two' });

  const codes = await Promise.all(
    ['one', 'two', 'three'].map(async (key) => {
      return (await call(url, '/agents/list', { headers: { 'x-api-key': key } })).status;
    }),
  );

  expect(codes).toEqual([200, 200, 403]);
});

test('passes its flags to the local platform', async () => {
  const { url } = await startCommand([
    ...['--db', ':memory:', '--api-key', 'one', '--api-key', 'two', '--organization', 'org-1'],
    ...['--agent', 'a', '--agent', 'b', '--rate-limit', '3', '--body-limit', '100'],
    ...['--fault-status', '503'],
  ]);
  const headers = { 'x-api-key': 'two', 'content-type': 'application/json' };
  const path = '/agent-execution/a/report_task';

  const list = await call(url, '/agents/list', { headers });
  const wrongKey = await call(url, '/agents/list', { headers: { 'x-api-key': 'three' } });
  const failing = await call(url, path, { headers, method: 'POST', body: '{}' });
  const large = await call(url, path, { headers, method: 'POST', body: ' '.repeat(101) });
  await call(url, '/agents/list', { headers });
  await call(url, '/agents/list', { headers });
  const limited = await call(url, '/agents/list', { headers });

  expect(list.body).toMatchObject([
    { id: 'a', organization_id: 'org-1' },
    { id: 'b', organization_id: 'org-1' },
  ]);
  expect([wrongKey.status, failing.status, large.status, limited.status]).toEqual([
    403, 503, 413, 429,
  ]);
});

test('explains in one line that its port is in use', async () => {
  const taken = await startForTest();
  const { port } = new URL(taken.url);

  const ended = await run(['local', '--db', ':memory:', '--port', port]);

  expect(ended).toEqual({
    code: 1,
    stdout: '',
    stderr: `error: Port ${port} of 127.0.0.1 is in use. Stop the process that uses it, or choose another port (0 picks a free one).\n`,
  });
});

test('explains in one line that Node.js is too old for SQLite', async () => {
  const ended = await run(['local', '--db', ':memory:'], {
    nodeFlags: ['--no-experimental-sqlite'],
  });

  expect(ended).toEqual({
    code: 1,
    stdout: '',
    stderr: `error: The local platform needs SQLite, which requires Node.js 22.13 or newer. This is Node.js ${process.versions.node}.\n`,
  });
});

test.each([
  [['--port', 'x'], 'Must be a whole number, 0 to 65535'],
  [['--port', '70000'], 'Must be a whole number, 0 to 65535'],
  [['--port', '-1'], 'Must be a whole number, 0 to 65535'],
  [['--rate-limit', '0'], 'Must be a whole number, 1 or more'],
  [['--max-tasks', '0'], 'Must be a whole number, 1 or more'],
  [['--fault-status', '200'], 'Must be a whole number, 400 to 599'],
  [['--fault-drop', '--fault-status', '500'], 'cannot be used with'],
  [['--nonsense'], 'unknown option'],
])('rejects local %j', async (flags, reason) => {
  const written: string[] = [];
  const command = localCommand()
    .exitOverride()
    .configureOutput({ writeErr: (line) => written.push(line) });

  const parsing = command.parseAsync(flags, { from: 'user' });

  await expect(parsing).rejects.toMatchObject({ exitCode: 1 });
  expect(written.join('')).toContain(reason);
});

test('exits with 2 on wrong usage', async () => {
  const ended = await run(['local', '--port', 'x']);

  expect(ended.code).toBe(2);
});

test('prints its URL as JSON with --json', async () => {
  const { line, url } = await startCommand(['--db', ':memory:', '--json']);

  expect(JSON.parse(line)).toEqual({
    event: 'listening',
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    databaseFile: ':memory:',
  });
  expect((await report(url, 'agent-1', { id: 'a' })).status).toBe(200);
});

interface RunningCommand {
  readonly child: ChildProcess;
  readonly line: string;
  readonly url: string;
  readonly stderr: Promise<string>;
}

async function startCommand(
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningCommand> {
  const child = start(['local', '--port', '0', ...flags], { env });
  if (child.stdout === null || child.stderr === null) throw new Error('The command has no output.');
  const stderr = text(child.stderr);
  for await (const line of createInterface(child.stdout)) {
    return { child, line, url: /http:\/\/[^\s"]+/.exec(line)?.[0] ?? '', stderr };
  }
  throw new Error(`The command ended: ${await stderr}`);
}
