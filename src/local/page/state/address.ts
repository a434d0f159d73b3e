/** The URL of the page as a signal. Navigation does not reload the page. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { type Route, readRoute, writeRoute } from './route.ts';
import { noFilters, type TaskFilters } from './task-filters.ts';

const address = signal(currentAddress());

export const route: ReadonlySignal<Route> = computed(() => {
  const [path, search] = address.value;
  return readRoute(path, search);
});

/** The filters of the list, kept while another view is shown. */
export const taskFilters: ReadonlySignal<TaskFilters> = computed(() => {
  if (route.value.kind === 'tasks') lastFilters = route.value.filters;
  return lastFilters;
});

let lastFilters: TaskFilters = noFilters;

/** Navigates to a view. `replace` adds no history entry. */
export function goTo(target: Route, how: 'push' | 'replace' = 'push'): void {
  const url = writeRoute(target);
  if (how === 'push') history.pushState(null, '', url);
  else history.replaceState(null, '', url);
  address.value = currentAddress();
}

/** Handles back and forward navigation and clicks on links to views. */
export function syncAddress(): void {
  addEventListener('popstate', () => {
    address.value = currentAddress();
  });
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const hasModifier = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (link === null || event.button !== 0 || hasModifier || event.defaultPrevented) return;
    if (link.origin !== location.origin || link.hash !== '') return;
    event.preventDefault();
    goTo(readRoute(link.pathname, link.search));
  });
}

function currentAddress(): readonly [path: string, search: string] {
  return [location.pathname, location.search];
}
