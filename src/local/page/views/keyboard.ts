/** Keyboard shortcuts. They do not apply to input fields. */

import { focusSearch } from '../components/search-field.tsx';
import { goTo, route, taskFilters } from '../state/address.ts';
import { closeTask, cursor, moveCursor, openAtCursor, setCursor } from '../state/cursor.ts';
import { defaultMetricsRange } from '../state/route.ts';
import { isFiltered } from '../state/task-filters.ts';
import { nextTheme } from '../state/theme.ts';
import { clearFilters } from './filter-bar.tsx';
import { openHelp } from './help-dialog.tsx';

const chordMs = 1500;

export function startKeyboard(): void {
  let afterG = Number.NEGATIVE_INFINITY;
  document.addEventListener('keydown', (event) => {
    const { key, target } = event;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open]') !== null || isInputField(target)) return;
    const isChord = event.timeStamp - afterG < chordMs;
    afterG = key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
    const act = isChord ? chords[key] : keyActions[key];
    if (act === undefined || isHandledByTarget(key, target)) return;
    event.preventDefault();
    act();
  });
}

type Actions = Readonly<Record<string, () => void>>;

const keyActions: Actions = {
  j: () => moveAndFocus(1),
  ArrowDown: () => moveAndFocus(1),
  k: () => moveAndFocus(-1),
  ArrowUp: () => moveAndFocus(-1),
  Enter: openAtCursor,
  Escape: goBack,
  '/': () => {
    showTasks();
    // The field exists after the view is rendered.
    requestAnimationFrame(focusSearch);
  },
  d: nextTheme,
  '?': openHelp,
};

const chords: Actions = {
  m: () => goTo({ kind: 'metrics', range: defaultMetricsRange, agent: null }),
  t: showTasks,
};

function moveAndFocus(by: 1 | -1): void {
  moveCursor(by);
  const current = route.peek();
  if (current.kind === 'tasks' && current.task === null) focusCursorSoon();
}

/** Focuses the selected row after it is rendered. */
export function focusCursorSoon(): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const link = document.querySelector('.row.selected [data-task-link]');
      if (link instanceof HTMLElement) link.focus({ preventScroll: true });
    }),
  );
}

function goBack(): void {
  const current = route.peek();
  if (current.kind !== 'tasks') showTasks();
  else if (current.task !== null) {
    closeTask();
    focusCursorSoon();
  } else if (cursor.peek() !== null) {
    setCursor(null);
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  } else if (isFiltered(current.filters)) {
    clearFilters();
  }
}

function showTasks(): void {
  if (route.peek().kind === 'tasks') return;
  goTo({ kind: 'tasks', filters: taskFilters.peek(), task: null, version: null });
}

function isInputField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select') !== null;
}

/** Links and buttons handle Enter themselves, and arrow keys scroll outside the list. */
function isHandledByTarget(key: string, target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (key === 'Enter') return target.closest('a, button, summary') !== null;
  return key.startsWith('Arrow') && target.closest('.list') === null;
}
