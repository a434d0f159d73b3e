/** The list of tasks: only the rows in sight are drawn, however many there are. */
import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useElementSize } from '../components/element-size.ts';
import { readableCount } from '../format/readable-values.ts';
import { cursor } from '../state/cursor.ts';
import { filterChoices } from '../state/filter-choices.ts';
import { listWindow } from '../state/list-window.ts';
import type { TaskFilters } from '../state/task-filters.ts';
import {
  arrivalTime,
  hasGap,
  hasMore,
  heldCount,
  isLoadingMore,
  loadMore,
  rows,
  setReading,
  showHeld,
} from '../state/task-history.ts';
import { keyText } from '../state/task-key.ts';
import { NewTasksPill } from './new-tasks-pill.tsx';
import { TaskRowLine } from './task-row-line.tsx';

const rowHeights = { wide: 36, narrow: 60 };
const narrowBelow = 500;
const columns = ['Status', 'Agent', 'Input', 'Tools', 'Tokens', 'Duration', 'Age'];
const freshMs = 1500;
/** Rows left below the ones in sight when the next page is asked for. */
const readAhead = 60;

// Kept while other views are shown.
let lastScrollTop = 0;

export function TaskList({ filters }: { readonly filters: TaskFilters }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const size = useElementSize(box);
  const scrollTop = useSignal(lastScrollTop);
  const isNarrow = size.value.width > 0 && size.value.width < narrowBelow;
  const rowHeight = isNarrow ? rowHeights.narrow : rowHeights.wide;
  const shown = rows.value;
  const { first, last } = listWindow(
    shown.length,
    rowHeight,
    scrollTop.value,
    size.value.height || 800,
  );
  const at = cursor.value;
  const isCursorShown = shown.some((row) => keyText(row) === at);

  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = lastScrollTop;
  }, []);
  useFirstRowsOf(filters, box);
  useSameRowOnTop(rowHeight, box);
  useEffect(() => {
    setReading(scrollTop.value > rowHeight / 2 || isCursorShown);
  }, [scrollTop.value > rowHeight / 2, isCursorShown]);
  useEffect(() => {
    if (!isLoadingMore.value && last > shown.length - readAhead) void loadMore();
  }, [last, shown.length, isLoadingMore.value]);
  useSignalEffect(() => {
    const index = rows.peek().findIndex((row) => keyText(row) === cursor.value);
    if (index !== -1 && box.current) keepInSight(box.current, index * rowHeight, rowHeight);
  });

  return (
    <div class="list-frame">
      <div
        ref={box}
        class={isNarrow ? 'list narrow' : 'list'}
        onScroll={({ currentTarget }) => {
          lastScrollTop = currentTarget.scrollTop;
          scrollTop.value = currentTarget.scrollTop;
        }}
      >
        <table aria-label="Tasks, newest first" aria-rowcount={-1}>
          <thead>
            <tr class="row head" aria-rowindex={1}>
              {columns.map((column) => (
                <th key={column} scope="col" class={`cell ${column.toLowerCase()}`}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody class="rows" style={{ height: `${shown.length * rowHeight}px` }}>
            {shown.slice(first, last).map((row, offset) => {
              const key = keyText(row);
              const index = first + offset;
              return (
                <TaskRowLine
                  key={key}
                  row={row}
                  filters={filters}
                  top={index * rowHeight}
                  index={index}
                  isSelected={key === at}
                  isInTabOrder={key === at || (!isCursorShown && index === first)}
                  isFresh={isRecent(arrivalTime(key))}
                />
              );
            })}
          </tbody>
        </table>
        <ListEnd />
      </div>
      <NewTasksPill
        count={heldCount.value}
        hasMore={hasGap.value}
        onShow={() => {
          if (box.current) box.current.scrollTop = 0;
          showHeld();
        }}
      />
    </div>
  );
}

function ListEnd(): JSX.Element {
  const { tasksDropped } = filterChoices.value;
  const removed = tasksDropped > 0 && !hasMore.value;
  return (
    <p class="list-end">
      {isLoadingMore.value ? 'Loading more…' : null}
      {removed ? `${readableCount(tasksDropped)} older tasks were removed to save space.` : null}
    </p>
  );
}

/** Other filters begin at the top. */
function useFirstRowsOf(
  filters: TaskFilters,
  box: { readonly current: HTMLDivElement | null },
): void {
  const text = JSON.stringify(filters);
  const before = useRef(text);
  useEffect(() => {
    if (before.current !== text && box.current) box.current.scrollTop = 0;
    before.current = text;
  }, [text]);
}

/** Rows of another height begin with the one that was on top. */
function useSameRowOnTop(
  rowHeight: number,
  box: { readonly current: HTMLDivElement | null },
): void {
  const before = useRef(rowHeight);
  useLayoutEffect(() => {
    if (before.current !== rowHeight && box.current) {
      box.current.scrollTop = (lastScrollTop / before.current) * rowHeight;
    }
    before.current = rowHeight;
  }, [rowHeight]);
}

function keepInSight(box: HTMLElement, top: number, rowHeight: number): void {
  const head = box.querySelector('.head')?.clientHeight ?? 0;
  const height = box.clientHeight - head;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + rowHeight > box.scrollTop + height) box.scrollTop = top + rowHeight - height;
}

function isRecent(time: number | undefined): boolean {
  return time !== undefined && performance.now() - time < freshMs;
}
