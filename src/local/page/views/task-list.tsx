/** The task list. Only the visible rows are rendered. */
import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useElementSize } from '../components/element-size.ts';
import { readableCount } from '../format/readable-values.ts';
import { cursor } from '../state/cursor.ts';
import { filterChoices } from '../state/filter-choices.ts';
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
import { taskKeyText } from '../state/task-key.ts';
import { visibleRows } from '../state/visible-rows.ts';
import { NewTasksPill } from './new-tasks-pill.tsx';
import { TaskRowLine } from './task-row-line.tsx';

const rowHeights = { wide: 36, narrow: 60 };
const narrowMaxWidth = 500;
const columns = ['Status', 'Agent', 'Input', 'Tools', 'Tokens', 'Duration', 'Age'];
const highlightMs = 1500;
/** The next page is loaded when fewer rows remain below the visible ones. */
const loadAheadRows = 60;

// Kept while another view is shown.
let lastScrollTop = 0;

export function TaskList({ filters }: { readonly filters: TaskFilters }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const size = useElementSize(box);
  const scrollTop = useSignal(lastScrollTop);
  const isNarrow = size.value.width > 0 && size.value.width < narrowMaxWidth;
  const rowHeight = isNarrow ? rowHeights.narrow : rowHeights.wide;
  const shown = rows.value;
  const { first, last } = visibleRows(
    shown.length,
    rowHeight,
    scrollTop.value,
    size.value.height || 800,
  );
  const selectedKey = cursor.value;
  const isCursorShown = shown.some((row) => taskKeyText(row) === selectedKey);

  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = lastScrollTop;
  }, []);
  useScrollToTop(filters, box);
  useKeepTopRow(rowHeight, box);
  useEffect(() => {
    setReading(scrollTop.value > rowHeight / 2 || isCursorShown);
  }, [scrollTop.value > rowHeight / 2, isCursorShown]);
  useEffect(() => {
    if (!isLoadingMore.value && last > shown.length - loadAheadRows) void loadMore();
  }, [last, shown.length, isLoadingMore.value]);
  useSignalEffect(() => {
    const index = rows.peek().findIndex((row) => taskKeyText(row) === cursor.value);
    if (index !== -1 && box.current) scrollRowIntoView(box.current, index * rowHeight, rowHeight);
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
              const key = taskKeyText(row);
              const index = first + offset;
              return (
                <TaskRowLine
                  key={key}
                  row={row}
                  filters={filters}
                  top={index * rowHeight}
                  index={index}
                  isSelected={key === selectedKey}
                  isInTabOrder={key === selectedKey || (!isCursorShown && index === first)}
                  isHighlighted={isRecent(arrivalTime(key))}
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

/** Scrolls to the top when the filters change. */
function useScrollToTop(
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

/** Keeps the top row in place when the row height changes. */
function useKeepTopRow(rowHeight: number, box: { readonly current: HTMLDivElement | null }): void {
  const before = useRef(rowHeight);
  useLayoutEffect(() => {
    if (before.current !== rowHeight && box.current) {
      box.current.scrollTop = (lastScrollTop / before.current) * rowHeight;
    }
    before.current = rowHeight;
  }, [rowHeight]);
}

function scrollRowIntoView(box: HTMLElement, top: number, rowHeight: number): void {
  const head = box.querySelector('.head')?.clientHeight ?? 0;
  const height = box.clientHeight - head;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + rowHeight > box.scrollTop + height) box.scrollTop = top + rowHeight - height;
}

function isRecent(time: number | undefined): boolean {
  return time !== undefined && performance.now() - time < highlightMs;
}
