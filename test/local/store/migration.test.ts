import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-file.ts';
import { filterChoices, listIds, listTasks, metrics, taskDetail } from '../page-client.ts';
import { report, startForTest } from '../platform-client.ts';
import { type Version1Task, writeVersion1File } from './version-1-file.ts';

const old = {
  agentId: 'agent-1',
  id: 'a',
  reportCount: 1,
  createdAt: '2026-03-01T10:00:00.000Z',
  updatedAt: '2026-03-01T10:00:01.000Z',
  report: {
    ...{ id: 'a', input: 'Question', result: 'answer', duration: 2, used_tools: ['search'] },
    tokens: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    llm_response: { model: 'm1' },
  },
};

test('migrates the tasks of a database of the first release', async () => {
  const { url } = await startWith([old, { ...old, id: 'b', reportCount: 3 }]);

  const page = await listTasks(url, { text: 'question', tool: 'search' });
  const [a, b] = await Promise.all(['a', 'b'].map((id) => taskDetail(url, 'agent-1', id)));
  const { tokensByModel } = await metrics(url, { from: '2026-03-01', to: '2026-03-02' });

  expect(page.tasks).toMatchObject([
    { id: 'b', reportCount: 3 },
    { id: 'a', updatedAt: old.updatedAt, createdAt: old.createdAt, durationSeconds: 2 },
  ]);
  expect(a).toMatchObject({ versions: [{ number: 1, result: 'answer' }], versionsDropped: 0 });
  expect(a?.versions[0]?.request).toEqual({
    method: 'POST',
    path: '/agent-execution/agent-1/report_task',
    headers: { 'content-type': 'application/json', 'x-api-key': '[masked]' },
    body: JSON.stringify(old.report),
  });
  // The first release kept only the last of three reports.
  expect(b).toMatchObject({ versions: [{ number: 3 }], versionsDropped: 2 });
  expect(tokensByModel).toEqual([{ name: 'm1', promptTokens: 2, completionTokens: 4 }]);
});

test('keeps the report of an old task as a version if it is reported again', async () => {
  const { url } = await startWith([old]);

  await report(url, 'agent-1', { id: 'a', result: 'new' });

  const { versions } = await taskDetail(url, 'agent-1', 'a');
  expect(versions).toMatchObject([
    { number: 2, result: 'new' },
    { number: 1, result: 'answer', receivedAt: old.updatedAt },
  ]);
});

test('opens at once with many old tasks and lists them gradually, newest first', async () => {
  const { url } = await startWith(many(2000));

  const first = await listIds(url);
  await report(url, 'agent-1', { id: 't3', input: 'again' });
  await expect.poll(() => listIds(url, { text: 'input-0 ' }), { timeout: 20_000 }).toEqual(['t0']);

  expect(first[0]).toBe('t1999');
  const { tasks } = await listTasks(url, { text: 'input-1', limit: 200 });
  expect(tasks.length).toBe(200);
  expect(await listIds(url, { limit: 2 })).toEqual(['t3', 't1999']);
  expect(await listIds(url, { text: 'input-3' })).not.toContain('t3');
  expect((await metrics(url, { from: '1970-01-01' })).runs).toBe(2000);
  expect((await filterChoices(url)).tasks).toBe(2000);
});

test('continues the backfill of an earlier process', async () => {
  const databaseFile = join(temporaryFolder(), 'tasks.db');
  writeVersion1File(databaseFile, many(1500));
  await (await startForTest({ databaseFile })).close();
  const left = countListed(databaseFile);

  const { url } = await startForTest({ databaseFile });
  await expect.poll(() => listIds(url, { text: 'input-0 ' }), { timeout: 20_000 }).toEqual(['t0']);

  expect(left).toBeLessThan(1500);
  expect((await metrics(url, { from: '1970-01-01' })).runs).toBe(1500);
});

async function startWith(tasks: readonly Version1Task[]): Promise<{ readonly url: string }> {
  const databaseFile = join(temporaryFolder(), 'tasks.db');
  writeVersion1File(databaseFile, tasks);
  return startForTest({ databaseFile });
}

function many(count: number): Version1Task[] {
  return Array.from({ length: count }, (_, n) => {
    const time = new Date(Date.UTC(2026, 2, 1) + n * 1000).toISOString();
    return {
      ...{ agentId: 'agent-1', id: `t${n}`, reportCount: 1, createdAt: time, updatedAt: time },
      report: { id: `t${n}`, input: `input-${n} ` },
    };
  });
}

function countListed(file: string): number {
  const database = new DatabaseSync(file);
  const count = database.prepare('SELECT count(*) AS count FROM task_list').get()?.['count'];
  database.close();
  return Number(count);
}
