/** The row that the keyboard is at. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { goTo, route } from './address.ts';
import { loadMore, rows } from './task-history.ts';
import { keyText, type TaskKey } from './task-key.ts';

const at = signal<string | null>(null);

/** The task that is open; without one, where j and k went. */
export const cursor: ReadonlySignal<string | null> = computed(() => {
  const current = route.value;
  const open = current.kind === 'tasks' ? current.task : null;
  return open === null ? at.value : keyText(open);
});

export function setCursor(key: string | null): void {
  at.value = key;
}

/** Moves by rows; an open task gives way to the one that is reached. */
export function moveCursor(by: 1 | -1): void {
  const current = route.peek();
  const shown = rows.peek();
  if (current.kind !== 'tasks' || shown.length === 0) return;
  const from = shown.findIndex((row) => keyText(row) === cursor.peek());
  const to = from === -1 ? 0 : Math.max(0, Math.min(shown.length - 1, from + by));
  const row = shown[to];
  if (row === undefined) return;
  at.value = keyText(row);
  if (current.task !== null) goTo({ ...current, task: keyOf(row), version: null }, 'replace');
  if (to > shown.length - 20) void loadMore();
}

/** Opens the task at the cursor. */
export function openAtCursor(): void {
  const current = route.peek();
  const row = rows.peek().find((shown) => keyText(shown) === cursor.peek());
  if (current.kind !== 'tasks' || row === undefined) return;
  goTo({ ...current, task: keyOf(row), version: null });
}

/** Closes the open task; the cursor stays with it. */
export function closeTask(): void {
  const current = route.peek();
  if (current.kind !== 'tasks' || current.task === null) return;
  at.value = keyText(current.task);
  goTo({ ...current, task: null, version: null });
}

function keyOf({ agentId, id }: TaskKey): TaskKey {
  return { agentId, id };
}
