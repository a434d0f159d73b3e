import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { report } from '../../local/platform-client.ts';
import { start, startOnTerminal } from '../command-process.ts';

const local = ['local', '--port', '0', '--db', ':memory:'];

test('prints each task when it is reported', async () => {
  const platform = await listening(start(local));

  await report(platform.url, 'agent-123', {
    id: 'a',
    input: 'Summarize\nall',
    duration: 4.7,
    tokens: { prompt_tokens: 2140, completion_tokens: 380 },
    used_tools: ['web_search'],
  });
  const first = await platform.nextLine();
  await report(platform.url, 'agent-123', {
    id: 'a',
    is_success: false,
    result: 'Error: x\n at y',
  });
  const second = await platform.nextLine();

  expect(first.slice(8)).toBe('  ✓  agent-123    4.7 s    2,140+380  web_search  Summarize');
  expect(second.slice(8)).toBe(
    '  ✗  agent-123      0 s            –              (report 2) Error: x',
  );
});

test('prints tasks as JSON with --json and not at all with --quiet', async () => {
  const platform = await listening(start([...local, '--json']));
  const quiet = await listening(start([...local, '--quiet']));

  await report(platform.url, 'one', { id: 'a', input: 'x\u001b[2J' });
  await report(quiet.url, 'one', { id: 'a' });
  const line = await platform.nextLine();
  quiet.child.kill('SIGTERM');

  expect(JSON.parse(line)).toMatchObject({
    event: 'task',
    agentId: 'one',
    id: 'a',
    status: 'completed',
    tokens: null,
    usedTools: [],
    reportCount: 1,
  });
  expect(await quiet.nextLine()).toBe('');
});

test('prints no escape sequences of a payload and no line wider than the terminal', async () => {
  const platform = await listening(startOnTerminal(local, 60, { env: { NO_COLOR: '1' } }));

  await report(platform.url, 'agent\u001b[31m', {
    input: `\u001b]0;title\u0007\u009b2J\u202e${'x'.repeat(200)}`,
    used_tools: ['\u001b[2J'],
  });
  const line = await platform.nextLine();

  expect(line).toMatch(/…$/);
  expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(line.length).toBeLessThanOrEqual(60);
});

test('skips tasks while the output is not read and continues afterwards', async () => {
  const child = start([...local, '--json']);
  const { url, nextLine } = await listening(child);
  const agentId = 'a'.repeat(8_000);

  child.stdout?.pause();
  const responses = await Promise.all(
    Array.from({ length: 300 }, (_, n) => report(url, agentId, { id: `${n}` })),
  );
  child.stdout?.resume();
  const events: string[] = [];
  while (!events.includes('skipped')) {
    await report(url, 'one', {});
    events.push(JSON.parse(await nextLine()).event);
  }

  expect(responses.filter(({ status }) => status !== 200)).toEqual([]);
  expect(events.length).toBeLessThan(300);
});

test('stops on SIGTERM although its output is not read', async () => {
  const child = start([...local, '--json']);
  const { url } = await listening(child);
  const exited = once(child, 'exit');

  child.stdout?.pause();
  const agentId = 'a'.repeat(8_000);
  await Promise.all(Array.from({ length: 100 }, () => report(url, agentId, {})));
  child.kill('SIGTERM');

  expect(await exited).toEqual([0, null]);
});

test('continues quietly if the reader closes the output', async () => {
  const child = start(local);
  const { url } = await listening(child);
  const stderr = child.stderr && text(child.stderr);

  child.stdout?.destroy();
  const responses = [];
  for (const id of ['a', 'b', 'c']) responses.push((await report(url, 'one', { id })).status);
  child.kill('SIGTERM');

  expect(responses).toEqual([200, 200, 200]);
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(await stderr).toBe('');
});

interface Listening {
  readonly child: ReturnType<typeof start>;
  readonly url: string;
  /** Empty at the end of the output. */
  readonly nextLine: () => Promise<string>;
}

async function listening(child: ReturnType<typeof start>): Promise<Listening> {
  if (child.stdout === null) throw new Error('The command has no output.');
  const lines = createInterface(child.stdout);
  const iterator = lines[Symbol.asyncIterator]();
  onTestFinished(() => lines.close());
  const nextLine = async (): Promise<string> => (await iterator.next()).value ?? '';
  const url = /http:\/\/[^\s"]+/.exec(await nextLine())?.[0] ?? '';
  return { child, url, nextLine };
}
