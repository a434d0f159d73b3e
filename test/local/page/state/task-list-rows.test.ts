import { expect, test } from 'vitest';
import { keyText } from '../../../../src/local/page/state/task-key.ts';
import {
  isNews,
  putBelow,
  putOnTop,
  updateInPlace,
} from '../../../../src/local/page/state/task-list-rows.ts';
import type { TaskRow } from '../../../../src/local/wire/page-data.ts';

test('arrivals come on top, and a task that comes again leaves its old place', () => {
  const rows = ['c', 'b', 'a'].map((id) => row(id));

  expect(ids(putOnTop(rows, [row('d'), row('a', 2)]))).toEqual(['d', 'a', 'c', 'b']);
});

test('a row that changed while someone reads stays where it is', () => {
  const rows = ['c', 'b', 'a'].map((id) => row(id));
  const changed = new Map([[keyText(row('b')), row('b', 2)]]);

  const updated = updateInPlace(rows, changed);

  expect(ids(updated)).toEqual(['c', 'b', 'a']);
  expect(updated[1]?.reportCount).toBe(2);
  expect(updateInPlace(rows, new Map([[keyText(row('x')), row('x')]]))).toBe(rows);
});

test('an older page brings no task twice', () => {
  const rows = ['c', 'b'].map((id) => row(id));

  expect(ids(putBelow(rows, new Set(rows.map(keyText)), [row('b'), row('a')]))).toEqual([
    'c',
    'b',
    'a',
  ]);
});

test('the same report is no news, a further one is, and so is one of a new history', () => {
  expect([
    isNews(row('a'), undefined),
    isNews(row('a'), row('a')),
    isNews(row('a', 2), row('a')),
    isNews(row('a'), row('a', 2)),
    isNews({ ...row('a'), createdAt: '2027-01-01T00:00:00.000Z' }, row('a', 2)),
  ]).toEqual([true, false, true, false, true]);
});

function row(id: string, reportCount = 1): TaskRow {
  return {
    agentId: 'agent',
    id,
    status: 'completed',
    inputLine: null,
    resultLine: null,
    durationSeconds: 0,
    tokens: null,
    usedTools: [],
    toolCount: 0,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    reportCount,
  };
}

function ids(rows: readonly TaskRow[]): string[] {
  return rows.map(({ id }) => id);
}
