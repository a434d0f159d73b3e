import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { startLocalPlatform } from '../../../src/local/server/local-platform.ts';
import { temporaryFolder } from '../../support/temporary-file.ts';
import { call, history, report, startForTest, status } from '../platform-client.ts';

test('keeps tasks, agents and reports after a restart', async () => {
  const databaseFile = join(temporaryFolder(), 'tasks.db');
  const before = await startForTest({ databaseFile });
  await report(before.url, 'agent-1', { id: 'a', llm_response: { raw: true } });
  await report(before.url, 'agent-1', { id: 'b' });
  const first = await status(before.url, 'a');
  await before.close();

  const after = await startForTest({ databaseFile });
  const second = await status(after.url, 'a');
  await report(after.url, 'agent-1', { id: 'a' });

  expect(second.body).toEqual(first.body);
  expect((await history(after.url, 'agent-1')).body).toMatchObject([{ id: 'a' }, { id: 'b' }]);
  expect((await call(after.url, '/agents/list')).body).toMatchObject([{ id: 'agent-1' }]);
  expect((await status(after.url, 'a')).body).toMatchObject({ report_count: 2 });
  expect(after.tasks().map((task) => task.report)).toEqual([{ id: 'a' }, { id: 'b' }]);
});

test('suppresses only the warning about SQLite', async () => {
  const { emitWarning } = process;

  await startForTest();

  expect(process.emitWarning).toBe(emitWarning);
});

test('leaves a single database file after closing', async () => {
  const directory = temporaryFolder();
  const databaseFile = join(directory, 'tasks.db');
  const platform = await startForTest({ databaseFile });
  await report(platform.url, 'agent-1', { id: 'a' });

  await platform.close();

  expect(readdirSync(directory)).toEqual(['tasks.db']);
});

test('shares a database file with a second platform', async () => {
  const databaseFile = join(temporaryFolder(), 'tasks.db');
  const one = await startForTest({ databaseFile });
  const two = await startForTest({ databaseFile });

  await report(one.url, 'agent-1', { id: 'a', result: 'one' });
  await report(two.url, 'agent-1', { id: 'a', result: 'two' });

  expect((await status(one.url, 'a')).body).toMatchObject({ result: 'two', report_count: 2 });
});

test('stores all of many concurrent reports', async () => {
  const platform = await startForTest({
    databaseFile: join(temporaryFolder(), 'tasks.db'),
  });

  const responses = await Promise.all(
    Array.from({ length: 50 }, (_, n) => report(platform.url, `agent-${n % 3}`, { id: `t${n}` })),
  );

  expect(new Set(responses.map((response) => response.status))).toEqual(new Set([200]));
  expect(platform.tasks()).toHaveLength(50);
});

test('rejects a database of another program and does not change it', async () => {
  const databaseFile = join(temporaryFolder(), 'other.db');
  const other = new DatabaseSync(databaseFile);
  other.exec('CREATE TABLE invoices (id TEXT)');
  other.close();
  const bytes = readFileSync(databaseFile);

  const start = startLocalPlatform({ databaseFile });

  await expect(start).rejects.toMatchObject({
    name: 'ConfigurationError',
    message: `"${databaseFile}" is a database of another program. Choose another file for the tasks.`,
  });
  expect(readFileSync(databaseFile).equals(bytes)).toBe(true);
});

test('rejects a database of a newer version', async () => {
  const databaseFile = join(temporaryFolder(), 'tasks.db');
  await (await startLocalPlatform({ databaseFile })).close();
  const database = new DatabaseSync(databaseFile);
  database.exec('PRAGMA user_version = 99');
  database.close();

  const start = startLocalPlatform({ databaseFile });

  await expect(start).rejects.toThrow(
    /was written by a newer xpander-lambda \(file version 99, supported up to \d+\)/,
  );
});

test('rejects a file that is not a database', async () => {
  const databaseFile = join(temporaryFolder(), 'notes.txt');
  writeFileSync(
    databaseFile,
    'These are notes, and they are long enough to be looked at.'.repeat(9),
  );

  const start = startLocalPlatform({ databaseFile });

  await expect(start).rejects.toMatchObject({
    name: 'ConfigurationError',
    message: `"${databaseFile}" cannot be used as the task database: file is not a database. Choose another file for the tasks.`,
  });
});

test('rejects a database file in a missing directory', async () => {
  const databaseFile = join(temporaryFolder(), 'nowhere', 'tasks.db');

  const start = startLocalPlatform({ databaseFile });

  await expect(start).rejects.toThrow('cannot be used as the task database: unable to open');
});

test('rejects a port in use and closes the database', async () => {
  const taken = await startForTest();
  const port = Number(new URL(taken.url).port);

  const start = startLocalPlatform({ port });

  await expect(start).rejects.toMatchObject({
    name: 'ConfigurationError',
    message: `Port ${port} of 127.0.0.1 is in use. Stop the process that uses it, or choose another port (0 picks a free one).`,
  });
});

test('finishes pending responses before it closes and can be closed twice', async () => {
  const platform = await startForTest();
  const keptAlive = await report(platform.url, 'agent-1', { id: 'a' });

  await Promise.all([platform.close(), platform.close()]);

  expect(keptAlive.status).toBe(200);
  await expect(report(platform.url, 'agent-1', { id: 'b' })).rejects.toThrow('fetch failed');
});
