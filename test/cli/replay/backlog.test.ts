import { expect, onTestFinished, test } from 'vitest';
import { type Backlog, type BacklogEntry, openBacklog } from '../../../src/cli/replay/backlog.ts';

test('keeps the last report of a task at its position in the export', async () => {
  const backlog = await openTestBacklog();

  await backlog.add(entry({ id: 'a', line: 1 }), 'a1');
  await backlog.add(entry({ id: 'b', line: 2 }), 'b2 ü');
  await backlog.add(entry({ id: 'a', line: 3 }), 'a3');

  expect(await contentOf(backlog)).toEqual(['2: b2 ü', '3: a3']);
  expect(backlog.superseded).toBe(1);
});

test('keeps the report with the latest time if the export is sorted newest first', async () => {
  const backlog = await openTestBacklog();

  await backlog.add(entry({ line: 1, time: 2_000 }), 'later');
  await backlog.add(entry({ line: 2, time: 1_000 }), 'earlier');

  expect(await contentOf(backlog)).toEqual(['1: later']);
  expect(backlog.superseded).toBe(1);
});

test('keeps the later line if one time is unknown or both are equal', async () => {
  const backlog = await openTestBacklog();

  await backlog.add(entry({ id: 'a', line: 1, time: 2_000 }), 'a1');
  await backlog.add(entry({ id: 'a', line: 2 }), 'a2');
  await backlog.add(entry({ id: 'b', line: 3, time: 2_000 }), 'b3');
  await backlog.add(entry({ id: 'b', line: 4, time: 2_000 }), 'b4');

  expect(await contentOf(backlog)).toEqual(['2: a2', '4: b4']);
});

test('keeps tasks of different agents apart', async () => {
  const backlog = await openTestBacklog();

  await backlog.add(entry({ agentId: 'a', id: 'b c', line: 1 }), '1');
  await backlog.add(entry({ agentId: 'a b', id: 'c', line: 2 }), '2');

  expect(await contentOf(backlog)).toEqual(['1: 1', '2: 2']);
});

async function openTestBacklog(): Promise<Backlog> {
  const backlog = await openBacklog();
  onTestFinished(() => backlog.close());
  return backlog;
}

function entry(fields: Partial<BacklogEntry>): BacklogEntry {
  return { agentId: 'agent-1', id: 'a', isSuccess: true, line: 1, time: undefined, ...fields };
}

async function contentOf(backlog: Backlog): Promise<string[]> {
  return Promise.all(
    backlog.entries().map(async (one) => `${one.line}: ${await backlog.json(one)}`),
  );
}
