/** The address of the page as a signal, changed without loading the page again. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { type Route, readRoute, writeRoute } from './route.ts';
import { noFilters, type TaskFilters } from './task-filters.ts';

const address = signal(currentAddress());

export const route: ReadonlySignal<Route> = computed(() => {
  const [path, search] = address.value;
  return readRoute(path, search);
});

/** The filters of the list, also while another view is shown. */
export const taskFilters: ReadonlySignal<TaskFilters> = computed(() => {
  if (route.value.kind === 'tasks') lastFilters = route.value.filters;
  return lastFilters;
});

let lastFilters: TaskFilters = noFilters;

/** Goes to a view; `replace` leaves no step to go back to. */
export function goTo(target: Route, how: 'push' | 'replace' = 'push'): void {
  const url = writeRoute(target);
  if (how === 'push') history.pushState(null, '', url);
  else history.replaceState(null, '', url);
  address.value = currentAddress();
}

/** Follows the browser's back and forward, and clicks on links to views. */
export function followAddress(): void {
  addEventListener('popstate', () => {
    address.value = currentAddress();
  });
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const opensElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (link === null || event.button !== 0 || opensElsewhere || event.defaultPrevented) return;
    if (link.origin !== location.origin || link.hash !== '') return;
    event.preventDefault();
    goTo(readRoute(link.pathname, link.search));
  });
}

function currentAddress(): readonly [path: string, search: string] {
  return [location.pathname, location.search];
}
