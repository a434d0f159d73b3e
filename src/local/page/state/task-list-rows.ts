/** Pure functions that merge pages and live reports into the rows of the list. */
import type { TaskRow } from '../../wire/page-data.ts';
import { taskKeyText } from './task-key.ts';

/** Whether `row` is new or has further reports. */
export function isNewer(row: TaskRow, current: TaskRow | undefined): boolean {
  return (
    current === undefined ||
    row.createdAt !== current.createdAt ||
    row.reportCount > current.reportCount
  );
}

/** Adds arrivals, newest first, to the top. A task that is reported again moves there. */
export function prependRows(rows: readonly TaskRow[], arrivals: readonly TaskRow[]): TaskRow[] {
  const moved = new Set(arrivals.map(taskKeyText));
  return [...arrivals, ...rows.filter((row) => !moved.has(taskKeyText(row)))];
}

/** Replaces changed rows without moving them. */
export function updateInPlace(
  rows: readonly TaskRow[],
  changed: ReadonlyMap<string, TaskRow>,
): readonly TaskRow[] {
  if (!rows.some((row) => changed.has(taskKeyText(row)))) return rows;
  return rows.map((row) => changed.get(taskKeyText(row)) ?? row);
}

/** Appends an older page without the tasks that are already known. */
export function appendRows(
  rows: readonly TaskRow[],
  known: ReadonlySet<string>,
  page: readonly TaskRow[],
): TaskRow[] {
  return [...rows, ...page.filter((row) => !known.has(taskKeyText(row)))];
}
