import { expect, test } from 'vitest';
import { taskKeyText } from '../../../../src/local/page/state/task-key.ts';
import {
  appendRows,
  isNewer,
  prependRows,
  updateInPlace,
} from '../../../../src/local/page/state/task-list-rows.ts';
import type { TaskRow } from '../../../../src/local/wire/page-data.ts';

test('adds arrivals to the top and moves tasks that are reported again', () => {
  const rows = ['c', 'b', 'a'].map((id) => row(id));

  expect(ids(prependRows(rows, [row('d'), row('a', 2)]))).toEqual(['d', 'a', 'c', 'b']);
});

test('updates a changed row in place', () => {
  const rows = ['c', 'b', 'a'].map((id) => row(id));
  const changed = new Map([[taskKeyText(row('b')), row('b', 2)]]);

  const updated = updateInPlace(rows, changed);

  expect(ids(updated)).toEqual(['c', 'b', 'a']);
  expect(updated[1]?.reportCount).toBe(2);
  expect(updateInPlace(rows, new Map([[taskKeyText(row('x')), row('x')]]))).toBe(rows);
});

test('appends an older page without duplicates', () => {
  const rows = ['c', 'b'].map((id) => row(id));

  expect(ids(appendRows(rows, new Set(rows.map(taskKeyText)), [row('b'), row('a')]))).toEqual([
    'c',
    'b',
    'a',
  ]);
});

test('treats further reports and reports of a new history as newer', () => {
  expect([
    isNewer(row('a'), undefined),
    isNewer(row('a'), row('a')),
    isNewer(row('a', 2), row('a')),
    isNewer(row('a'), row('a', 2)),
    isNewer({ ...row('a'), createdAt: '2027-01-01T00:00:00.000Z' }, row('a', 2)),
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
