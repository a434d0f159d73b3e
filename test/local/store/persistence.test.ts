import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { startLocalPlatform } from '../../../src/local/server/local-platform.ts';
import { temporaryFolder } from '../../support/temporary-file.ts';
import { call, history, report, startForTest, status } from '../platform-client.ts';

test('keeps tasks, agents and reports over a restart', async () => {
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

test('silences the warning about SQLite and no other', async () => {
  const { emitWarning } = process;

  await startForTest();

  expect(process.emitWarning).toBe(emitWarning);
});

test('leaves a single file when it closes', async () => {
  const directory = temporaryFolder();
  const databaseFile = join(directory, 'tasks.db');
  const platform = await startForTest({ databaseFile });
  await report(platform.url, 'agent-1', { id: 'a' });

  await platform.close();

  expect(readdirSync(directory)).toEqual(['tasks.db']);
});

test('shares a file with a second platform', async () => {
  const databaseFile = join(temporaryFolder(), 'tasks.db');
  const one = await startForTest({ databaseFile });
  const two = await startForTest({ databaseFile });

  await report(one.url, 'agent-1', { id: 'a', result: 'one' });
  await report(two.url, 'agent-1', { id: 'a', result: 'two' });

  expect((await status(one.url, 'a')).body).toMatchObject({ result: 'two', report_count: 2 });
});

test('keeps each report when many come at once', async () => {
  const platform = await startForTest({
    databaseFile: join(temporaryFolder(), 'tasks.db'),
  });

  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) => report(platform.url, `agent-${n % 3}`, { id: `t${n}` })),
  );

  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
  expect(platform.tasks()).toHaveLength(50);
});

test('leaves a database of another program alone', async () => {
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

test('refuses a file of a newer version', async () => {
  const databaseFile = join(temporaryFolder(), 'tasks.db');
  await (await startLocalPlatform({ databaseFile })).close();
  const database = new DatabaseSync(databaseFile);
  database.exec('PRAGMA user_version = 99');
  database.close();

  const start = startLocalPlatform({ databaseFile });

  await expect(start).rejects.toThrow(
    /was written by a newer xpander-lambda \(version 99 of the file, known up to \d+\)/,
  );
});

test('refuses a file that is no database', async () => {
  const databaseFile = join(temporaryFolder(), 'notes.txt');
  writeFileSync(
    databaseFile,
    'These are notes, and they are long enough to be looked at.'.repeat(9),
  );

  const start = startLocalPlatform({ databaseFile });

  await expect(start).rejects.toMatchObject({
    name: 'ConfigurationError',
    message: `"${databaseFile}" cannot be used as task database: file is not a database. Choose another file for the tasks.`,
  });
});

test('refuses a file in a directory that does not exist', async () => {
  const databaseFile = join(temporaryFolder(), 'nowhere', 'tasks.db');

  const start = startLocalPlatform({ databaseFile });

  await expect(start).rejects.toThrow('cannot be used as task database: unable to open');
});

test('names the port that is in use, and closes its database', async () => {
  const taken = await startForTest();
  const port = Number(new URL(taken.url).port);

  const start = startLocalPlatform({ port });

  await expect(start).rejects.toMatchObject({
    name: 'ConfigurationError',
    message: `Port ${port} of 127.0.0.1 is in use. Stop the process that uses it, or choose another port (0 picks a free one).`,
  });
});

test('finishes answers under way before it closes, and can be closed twice', async () => {
  const platform = await startForTest();
  const keptAlive = await report(platform.url, 'agent-1', { id: 'a' });

  await Promise.all([platform.close(), platform.close()]);

  expect(keptAlive.status).toBe(200);
  await expect(report(platform.url, 'agent-1', { id: 'b' })).rejects.toThrow('fetch failed');
});
