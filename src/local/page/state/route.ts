/** Which view an address means, and the address of a view. */
import { readFilters, type TaskFilters, writeFilters } from './task-filters.ts';
import type { TaskKey } from './task-key.ts';
import { readTimeRange, type TimeRange, writeTimeRange } from './time-range.ts';

export type Route =
  | {
      readonly kind: 'tasks';
      readonly filters: TaskFilters;
      readonly task: TaskKey | null;
      /** Null: the newest. */
      readonly version: number | null;
    }
  | { readonly kind: 'metrics'; readonly range: TimeRange; readonly agent: string | null };

export const defaultMetricsRange: TimeRange = { kind: 'last', name: '24h' };

/** Reads path and query of an address. */
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
    task: taskOfPath(path) ?? taskOfQuery(query),
    version: Number.isSafeInteger(version) && version > 0 ? version : null,
  };
}

/** Writes the address of a view. */
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

/** Browsers take dots for a step up the path, even when they are percent-encoded. */
function fitsPath(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..';
}

// A lone surrogate cannot be encoded.
function pathPart(part: string): string {
  return encodeURIComponent(part.toWellFormed());
}

function taskOfPath(path: string): TaskKey | null {
  const [, agentId, id] = /^\/tasks\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (agentId === undefined || id === undefined) return null;
  try {
    return { agentId: decodeURIComponent(agentId), id: decodeURIComponent(id) };
  } catch {
    return null;
  }
}

function taskOfQuery(query: URLSearchParams): TaskKey | null {
  const agentId = query.get('task-agent');
  const id = query.get('task-id');
  return agentId === null || id === null ? null : { agentId, id };
}
