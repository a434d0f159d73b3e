import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-file.ts';
import { get, listIds, listTasks } from '../page-client.ts';
import { report, startForTest } from '../platform-client.ts';
import { writeVersion1File } from '../store/version-1-file.ts';

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

test('lists tasks as short rows, most recently updated first', async () => {
  const { url } = await startForTest();
  await report(url, 'agent-1', { id: 'a' });
  await report(url, 'agent-2', {
    id: 'b',
    input: '\n  question\nmore',
    result: `answer ${'x'.repeat(500)}`,
    tokens: { prompt_tokens: 40, completion_tokens: 2 },
    duration: 1.25,
    is_success: false,
    used_tools: ['search', 'fetch', 'search'],
  });

  const page = await listTasks(url);

  expect(page).toEqual({
    tasks: [
      {
        agentId: 'agent-2',
        id: 'b',
        status: 'failed',
        inputLine: 'question',
        resultLine: `answer ${'x'.repeat(192)}…`,
        durationSeconds: 1.25,
        tokens: {
          ...{ promptTokens: 40, completionTokens: 2, totalTokens: 42 },
          ...{ cacheReadTokens: 0, cacheWriteTokens: 0 },
        },
        usedTools: ['search', 'fetch'],
        toolCount: 2,
        createdAt: time,
        updatedAt: time,
        reportCount: 1,
      },
      expect.objectContaining({
        id: 'a',
        status: 'completed',
        inputLine: null,
        resultLine: null,
        tokens: null,
        usedTools: [],
      }),
    ],
    next: null,
  });
});

test('moves a task to the top if it is reported again', async () => {
  const { url } = await startForTest();
  await report(url, 'agent-1', { id: 'a', input: 'old', used_tools: ['x'] });
  await report(url, 'agent-1', { id: 'b' });
  await report(url, 'agent-1', { id: 'a', input: 'new', is_success: false, used_tools: ['y'] });

  const { tasks } = await listTasks(url);

  expect(tasks).toMatchObject([
    { id: 'a', reportCount: 2, inputLine: 'new', usedTools: ['y'] },
    { id: 'b' },
  ]);
  expect(await listIds(url, { text: 'old' })).toEqual([]);
  expect(await listIds(url, { tool: 'x' })).toEqual([]);
  expect(await listIds(url, { status: 'completed' })).toEqual(['b']);
});

test('pages through the list without gaps while tasks are reported', async () => {
  const { url } = await startForTest();
  for (let n = 1; n <= 5; n++) await report(url, 'agent-1', { id: `t${n}` });

  const first = await listTasks(url, { limit: 2 });
  await report(url, 'agent-1', { id: 't6' });
  const second = await listTasks(url, { limit: 2, after: first.next ?? '' });
  const third = await listTasks(url, { limit: 2, after: second.next ?? '' });

  const ids = [first, second, third].map(({ tasks }) => tasks.map(({ id }) => id));
  expect(ids).toEqual([['t5', 't4'], ['t3', 't2'], ['t1']]);
  expect(third.next).toBeNull();
});

test('returns no cursor after a full last page', async () => {
  const { url } = await startForTest();
  for (const id of ['a', 'b']) await report(url, 'agent-1', { id });

  expect((await listTasks(url, { limit: 2 })).next).toBeNull();
});

test.each([
  [{ agent: 'one' }, ['d', 'b', 'a']],
  [{ agent: 'nobody' }, []],
  [{ status: 'failed' }, ['c', 'b']],
  [{ status: 'executing' }, []],
  [{ tool: 'search' }, ['c', 'b', 'a']],
  [{ tool: 'sea' }, []],
  [{ agent: 'one', status: 'failed' }, ['b']],
  [{ agent: 'one', tool: 'search' }, ['b', 'a']],
  [{ tool: 'search', status: 'failed', agent: 'two' }, ['c']],
  [{ text: 'weather' }, ['b', 'a']],
  [{ text: 'WEATHER', status: 'failed' }, ['b']],
  [{ text: 'weather', tool: 'fetch', agent: 'one' }, ['b']],
  [{ agent: '', status: '', tool: '', text: '', from: '', to: '', after: '', limit: '' }, 'dcba'],
])('filters the task list by %j', async (query, expected) => {
  const { url } = await startForTest();
  await report(url, 'one', { id: 'a', input: 'The Weather', used_tools: ['search'] });
  await report(url, 'one', {
    ...{ id: 'b', result: 'no weather', is_success: false },
    used_tools: ['search', 'fetch'],
  });
  await report(url, 'two', { id: 'c', is_success: false, used_tools: ['search'] });
  await report(url, 'one', { id: 'd' });

  expect(await listIds(url, query)).toEqual([...expected]);
});

test.each([
  ['a wörd', 'WÖRD'],
  ['STRASSE', 'straße'],
  ['ΟΔΟΣ und mehr', 'οδος'],
  ['das 退款 kam', '退款'],
  ['only one q here', 'q'],
  ['ends with qz', 'qz'],
  ['100% sure', '0% s'],
  ['100 sure', '0 s'],
  ['snake_case', 'e_c'],
  ['back\\slash', 'k\\s'],
  [`it's "quoted"`, `'s "q`],
  ['before\0after', 'after'],
  [`${'x'.repeat(16_000)} far`, 'far'],
])('finds the task with input %j by searching %j', async (input, text) => {
  const { url } = await startForTest();
  await report(url, 'agent-1', { id: '1', input });
  await report(url, 'agent-1', { id: '2', result: input });
  await report(url, 'agent-1', { id: '3', input: 'ab', result: '%_' });

  expect(await listIds(url, { text })).toEqual(['2', '1']);
});

test('searches ids and treats wildcards as text', async () => {
  const { url } = await startForTest();
  await report(url, 'agent-1', { id: 'Run-7' });

  const found = await Promise.all(
    ['run-7', 'r%7', 'run_7', ' RUN '].map((text) => listIds(url, { text })),
  );

  expect(found).toEqual([['Run-7'], [], [], ['Run-7']]);
});

test('searches more tasks than one batch', async () => {
  const databaseFile = join(temporaryFolder(), 'tasks.db');
  writeVersion1File(
    databaseFile,
    Array.from({ length: 6000 }, (_, n) => ({
      ...{ agentId: `agent-${n % 2}`, id: `t${n}`, reportCount: 1 },
      ...{ createdAt: at(n), updatedAt: at(n) },
      report: { id: `t${n}`, input: n % 2000 === 7 ? 'needle' : 'hay' },
    })),
  );
  const { url } = await startForTest({ databaseFile });
  await expect.poll(() => listIds(url, { text: 't0\n' }), { timeout: 20_000 }).toEqual(['t0']);

  const all = await listTasks(url, { text: 'needle' });
  const first = await listTasks(url, { text: 'needle', limit: 2 });
  const second = await listTasks(url, { text: 'needle', limit: 2, after: first.next ?? '' });

  const ids = [all, first, second].map(({ tasks }) => tasks.map(({ id }) => id));
  expect(ids).toEqual([['t4007', 't2007', 't7'], ['t4007', 't2007'], ['t7']]);
  expect(await listIds(url, { text: 'needle', agent: 'agent-0' })).toEqual([]);
});

test('filters the task list by time with an inclusive start and an exclusive end', async () => {
  const databaseFile = join(temporaryFolder(), 'tasks.db');
  // The clock was set back before the last report.
  const times = ['10:00', '11:00', '12:00', '09:30'].map((clock) => `2026-03-01T${clock}:00.000Z`);
  writeVersion1File(
    databaseFile,
    times.map((updatedAt, n) => ({
      ...{ agentId: 'agent-1', id: `t${n}`, reportCount: 1, createdAt: updatedAt, updatedAt },
      report: { id: `t${n}`, used_tools: ['x'] },
    })),
  );
  const { url } = await startForTest({ databaseFile });
  const hours = { from: '2026-03-01T10:00:00Z', to: '2026-03-01T12:00:00Z' };

  expect(await listIds(url, hours)).toEqual(['t1', 't0']);
  expect(await listIds(url, { ...hours, tool: 'x' })).toEqual(['t1', 't0']);
  expect(await listIds(url, { to: '2026-03-01T11:00:00+01:00' })).toEqual(['t3']);
  expect(await listIds(url, { from: '2026-03-01T11:00:00Z' })).toEqual(['t2', 't1']);
  expect(await listIds(url, { from: '2027-01-01' })).toEqual([]);
});

test.each([
  ['status', 'status=done'],
  ['from', 'from=yesterday'],
  ['to', 'to=x'],
  ['limit', 'limit=0'],
  ['limit', 'limit=201'],
  ['limit', 'limit=1.5'],
  ['after', 'after=t4'],
  ['after', 'after=-1'],
  ['text', `text=${'x'.repeat(1001)}`],
])('rejects an invalid %s in the task list query', async (name, query) => {
  const { url } = await startForTest();

  const response = await get(url, 'tasks', Object.fromEntries(new URLSearchParams(query)));

  expect(response).toMatchObject({ status: 422, body: { detail: [{ loc: ['query', name] }] } });
});

test('truncates the texts of large reports in rows', async () => {
  const { url } = await startForTest();
  const large = '\u{1F600}'.repeat(600_000);

  await report(url, 'agent-1', {
    id: 'large',
    input: large,
    result: ` ${large}`,
    used_tools: Array.from({ length: 5000 }, (_, n) => `${n} ${large.slice(0, 400)}`),
  });
  const page = await listTasks(url);

  expect(JSON.stringify(page).length).toBeLessThan(8000);
  expect(page.tasks).toMatchObject([{ id: 'large', toolCount: 5000 }]);
  // The surrogate pair is not split.
  expect(page.tasks[0]?.inputLine).toMatch(/^\u{1F600}{99}…$/u);
});

function at(n: number): string {
  return new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString();
}
