/** The row that is selected with the keyboard. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { goTo, route } from './address.ts';
import { loadMore, rows } from './task-history.ts';
import { type TaskKey, taskKeyText } from './task-key.ts';

const keyboardCursor = signal<string | null>(null);

/** The key of the open task, or of the row that was selected with j and k. */
export const cursor: ReadonlySignal<string | null> = computed(() => {
  const current = route.value;
  const open = current.kind === 'tasks' ? current.task : null;
  return open === null ? keyboardCursor.value : taskKeyText(open);
});

export function setCursor(key: string | null): void {
  keyboardCursor.value = key;
}

/** Moves the cursor by one row. If a task is open, the new row replaces it. */
export function moveCursor(by: 1 | -1): void {
  const current = route.peek();
  const shown = rows.peek();
  if (current.kind !== 'tasks' || shown.length === 0) return;
  const from = shown.findIndex((row) => taskKeyText(row) === cursor.peek());
  const to = from === -1 ? 0 : Math.max(0, Math.min(shown.length - 1, from + by));
  const row = shown[to];
  if (row === undefined) return;
  keyboardCursor.value = taskKeyText(row);
  if (current.task !== null) goTo({ ...current, task: keyOf(row), version: null }, 'replace');
  if (to > shown.length - 20) void loadMore();
}

export function openAtCursor(): void {
  const current = route.peek();
  const row = rows.peek().find((shown) => taskKeyText(shown) === cursor.peek());
  if (current.kind !== 'tasks' || row === undefined) return;
  goTo({ ...current, task: keyOf(row), version: null });
}

/** Closes the open task and leaves the cursor on its row. */
export function closeTask(): void {
  const current = route.peek();
  if (current.kind !== 'tasks' || current.task === null) return;
  keyboardCursor.value = taskKeyText(current.task);
  goTo({ ...current, task: null, version: null });
}

function keyOf({ agentId, id }: TaskKey): TaskKey {
  return { agentId, id };
}
