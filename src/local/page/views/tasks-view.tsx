/** The task list with the panel of the open task. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { connect } from '../state/live-events.ts';
import type { Route } from '../state/route.ts';
import { openDetail } from '../state/task-detail.ts';
import { isFiltered, type TaskFilters } from '../state/task-filters.ts';
import { historyState, rows, showTasks } from '../state/task-history.ts';
import { EmptyState } from './empty-state.tsx';
import { clearFilters, FilterBar } from './filter-bar.tsx';
import { TaskList } from './task-list.tsx';
import { TaskPanel } from './task-panel.tsx';

export interface TasksViewProps {
  readonly view: Extract<Route, { kind: 'tasks' }>;
}

export function TasksView({ view }: TasksViewProps): JSX.Element {
  const { filters, task, version } = view;
  useEffect(() => showTasks(filters), [JSON.stringify(filters)]);
  useEffect(() => openDetail(task), [JSON.stringify(task)]);
  return (
    <main class={task === null ? 'tasks' : 'tasks with-panel'} id="main" tabIndex={-1}>
      <h1 class="off-screen">Tasks</h1>
      <FilterBar filters={filters} />
      <div class="list-side">
        <ListOrNote filters={filters} />
      </div>
      {task === null ? null : <TaskPanel task={task} version={version} />}
    </main>
  );
}

function ListOrNote({ filters }: { readonly filters: TaskFilters }): JSX.Element {
  const state = historyState.value;
  if (state.kind === 'loading') {
    return (
      <div class="skeleton late" aria-hidden="true">
        {Array.from({ length: 12 }, (_, index) => (
          <span key={index} />
        ))}
      </div>
    );
  }
  if (state.kind === 'failed') {
    return (
      <div class="empty">
        <h2>Could not load the tasks</h2>
        <p>{state.error.message}</p>
        <button type="button" class="primary" onClick={connect}>
          Try again
        </button>
      </div>
    );
  }
  if (rows.value.length > 0) return <TaskList filters={filters} />;
  if (!isFiltered(filters)) return <EmptyState />;
  return (
    <div class="empty">
      <h2>No matching tasks</h2>
      <p>Matching tasks appear here when they are reported.</p>
      <button type="button" class="primary" onClick={clearFilters}>
        Clear filters
      </button>
    </div>
  );
}
