/** Converts between URLs and views. */
import { readFilters, type TaskFilters, writeFilters } from './task-filters.ts';
import type { TaskKey } from './task-key.ts';
import { readTimeRange, type TimeRange, writeTimeRange } from './time-range.ts';

export type Route =
  | {
      readonly kind: 'tasks';
      readonly filters: TaskFilters;
      readonly task: TaskKey | null;
      /** Null for the newest version. */
      readonly version: number | null;
    }
  | { readonly kind: 'metrics'; readonly range: TimeRange; readonly agent: string | null };

export const defaultMetricsRange: TimeRange = { kind: 'last', name: '24h' };

/** Parses the path and query of a URL. */
export function readRoute(path: string, search: string): Route {
  const query = new URLSearchParams(search);
  if (path === '/metrics') {
    const range = readTimeRange(query, defaultMetricsRange);
    return { kind: 'metrics', range, agent: query.get('agent') };
  }
  const version = Number(query.get('version') ?? Number.NaN);
  return {
    kind: 'tasks',
    filters: readFilters(query),
    task: taskFromPath(path) ?? taskFromQuery(query),
    version: Number.isSafeInteger(version) && version > 0 ? version : null,
  };
}

/** Returns the URL of a view. */
export function writeRoute(route: Route): string {
  if (route.kind === 'metrics') {
    const query = new URLSearchParams();
    if (route.agent !== null) query.set('agent', route.agent);
    writeTimeRange(query, route.range, defaultMetricsRange);
    return withQuery('/metrics', query);
  }
  const { filters, task, version } = route;
  const query = writeFilters(filters);
  if (task === null) return withQuery('/', query);
  if (version !== null) query.set('version', String(version));
  if ([task.agentId, task.id].every(fitsPath)) {
    return withQuery(`/tasks/${pathPart(task.agentId)}/${pathPart(task.id)}`, query);
  }
  query.set('task-agent', task.agentId);
  query.set('task-id', task.id);
  return withQuery('/', query);
}

function withQuery(path: string, query: URLSearchParams): string {
  return query.size === 0 ? path : `${path}?${query}`;
}

/** Browsers resolve `.` and `..` in paths, even if they are percent-encoded. */
function fitsPath(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..';
}

// encodeURIComponent throws for lone surrogates.
function pathPart(part: string): string {
  return encodeURIComponent(part.toWellFormed());
}

function taskFromPath(path: string): TaskKey | null {
  const [, agentId, id] = /^\/tasks\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (agentId === undefined || id === undefined) return null;
  try {
    return { agentId: decodeURIComponent(agentId), id: decodeURIComponent(id) };
  } catch {
    return null;
  }
}

function taskFromQuery(query: URLSearchParams): TaskKey | null {
  const agentId = query.get('task-agent');
  const id = query.get('task-id');
  return agentId === null || id === null ? null : { agentId, id };
}
