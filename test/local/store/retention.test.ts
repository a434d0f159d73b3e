import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-file.ts';
import { filterChoices, get, listIds, metrics } from '../page-client.ts';
import { report, startForTest, status } from '../platform-client.ts';

test('removes the oldest tasks with their index and versions and counts them', async () => {
  const platform = await startForTest({ maxTasks: 2 });
  const { url } = platform;
  await report(url, 'agent-1', { id: 'a', used_tools: ['gone'] });
  await report(url, 'agent-1', { id: 'a', used_tools: ['gone'] });
  await report(url, 'agent-1', { id: 'b' });
  await report(url, 'agent-1', { id: 'c', input: 'c' });
  await report(url, 'agent-1', { id: 'c', input: 'again' });

  expect(platform.tasks().map(({ id }) => id)).toEqual(['c', 'b']);
  expect(await listIds(url)).toEqual(['c', 'b']);
  expect((await status(url, 'a')).status).toBe(404);
  expect((await get(url, 'task', { agent: 'agent-1', id: 'a' })).status).toBe(404);
  expect(await filterChoices(url)).toMatchObject({ tools: [], tasks: 2, tasksDropped: 1 });
  expect((await metrics(url)).runs).toBe(2);
});

test('keeps an old task that was recently reported again', async () => {
  const { url } = await startForTest({ maxTasks: 2 });
  for (const id of ['a', 'b', 'a', 'c']) await report(url, 'agent-1', { id });

  expect(await listIds(url)).toEqual(['c', 'a']);
});

test('shrinks a database above the limit', async () => {
  const databaseFile = join(temporaryFolder(), 'tasks.db');
  const before = await startForTest({ databaseFile });
  for (let n = 0; n < 30; n++) await report(before.url, 'agent-1', { id: `t${n}` });
  await before.close();

  const { url } = await startForTest({ databaseFile, maxTasks: 5 });
  const unchanged = await filterChoices(url);
  for (const id of ['x', 'y']) await report(url, 'agent-1', { id });

  expect(unchanged).toMatchObject({ tasks: 30, tasksDropped: 0 });
  expect(await filterChoices(url)).toMatchObject({ tasks: 5, tasksDropped: 27 });
  expect(await listIds(url)).toEqual(['y', 'x', 't29', 't28', 't27']);
});

test.each([0, -1, 1.5, Number.NaN])(
  'rejects %d as the maximum number of tasks',
  async (maxTasks) => {
    await expect(startForTest({ maxTasks })).rejects.toThrow(
      `"maxTasks" must be a whole number, 1 or more; it is ${maxTasks}.`,
    );
  },
);
