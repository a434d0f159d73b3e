/** The filters of the list, which are stored in the URL. */
import type { JSX } from 'preact';
import { Choice } from '../components/choice.tsx';
import { SearchField } from '../components/search-field.tsx';
import { statusLabel } from '../components/status-mark.tsx';
import { TimeRangePicker } from '../components/time-range-picker.tsx';
import { goTo, route } from '../state/address.ts';
import { filterChoices } from '../state/filter-choices.ts';
import { isFiltered, noFilters, statuses, type TaskFilters } from '../state/task-filters.ts';

export function FilterBar({ filters }: { readonly filters: TaskFilters }): JSX.Element {
  const { agents, tools } = filterChoices.value;
  return (
    <search class="filters" aria-label="Filter tasks">
      <SearchField text={filters.text} onText={(text) => change({ text }, 'replace')} />
      <Choice
        label="Agent"
        anyLabel="Any agent"
        value={filters.agent}
        choices={withChosen(agents, filters.agent)}
        onChoose={(agent) => change({ agent })}
      />
      <Choice
        label="Status"
        anyLabel="Any status"
        value={filters.status}
        choices={statuses}
        valueLabel={statusLabel}
        onChoose={(status) => change({ status })}
      />
      <Choice
        label="Tool"
        anyLabel="Any tool"
        value={filters.tool}
        choices={withChosen(tools, filters.tool)}
        onChoose={(tool) => change({ tool })}
      />
      <TimeRangePicker range={filters.range} onRange={(range) => change({ range })} />
      {isFiltered(filters) ? (
        <button type="button" class="quiet" onClick={clearFilters}>
          Clear
        </button>
      ) : null}
    </search>
  );
}

export function clearFilters(): void {
  change(noFilters);
}

/** Changes filters and keeps the open task. */
function change(changes: Partial<TaskFilters>, how: 'push' | 'replace' = 'push'): void {
  const current = route.peek();
  if (current.kind !== 'tasks') return;
  goTo({ ...current, filters: { ...current.filters, ...changes } }, how);
}

/** Adds a value from the URL that is not among the choices, so that it is visible. */
function withChosen(known: readonly string[], chosen: string | null): readonly string[] {
  return chosen === null || known.includes(chosen) ? known : [...known, chosen];
}
