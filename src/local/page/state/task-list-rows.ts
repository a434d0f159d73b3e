/** The rows of the list as values: how pages and reports come together. */
import type { TaskRow } from '../../wire/page-data.ts';
import { keyText } from './task-key.ts';

/** Whether `row` says something that the known one does not. */
export function isNews(row: TaskRow, known: TaskRow | undefined): boolean {
  return (
    known === undefined || row.createdAt !== known.createdAt || row.reportCount > known.reportCount
  );
}

/** Puts arrivals, newest first, on top; a task that was reported again moves there. */
export function putOnTop(rows: readonly TaskRow[], arrivals: readonly TaskRow[]): TaskRow[] {
  const moved = new Set(arrivals.map(keyText));
  return [...arrivals, ...rows.filter((row) => !moved.has(keyText(row)))];
}

/** Puts what changed in the place where the row is. */
export function updateInPlace(
  rows: readonly TaskRow[],
  changed: ReadonlyMap<string, TaskRow>,
): readonly TaskRow[] {
  if (!rows.some((row) => changed.has(keyText(row)))) return rows;
  return rows.map((row) => changed.get(keyText(row)) ?? row);
}

/** Puts an older page below; what moved up since is there already. */
export function putBelow(
  rows: readonly TaskRow[],
  known: ReadonlySet<string>,
  page: readonly TaskRow[],
): TaskRow[] {
  return [...rows, ...page.filter((row) => !known.has(keyText(row)))];
}
