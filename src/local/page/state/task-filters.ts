/** What the list shows, as it stands in the URL. */
import type { TaskQuery, TaskRow } from '../../wire/page-data.ts';
import { readTimeRange, type TimeRange, timeLimits, writeTimeRange } from './time-range.ts';

export interface TaskFilters {
  readonly agent: string | null;
  readonly status: TaskRow['status'] | null;
  readonly tool: string | null;
  /** Empty: any. */
  readonly text: string;
  readonly range: TimeRange;
}

export const noFilters: TaskFilters = {
  agent: null,
  status: null,
  tool: null,
  text: '',
  range: { kind: 'all' },
};

/** A report makes a task completed or failed; the others come from the API. */
export const statuses: readonly TaskRow['status'][] = [
  'completed',
  'failed',
  'executing',
  'pending',
  'paused',
  'stopped',
  'error',
];

export function readFilters(query: URLSearchParams): TaskFilters {
  return {
    agent: query.get('agent'),
    status: statuses.find((status) => status === query.get('status')) ?? null,
    tool: query.get('tool'),
    text: query.get('text') ?? '',
    range: readTimeRange(query, noFilters.range),
  };
}

/** The query without its `?`; empty where nothing is chosen. */
export function writeFilters(filters: TaskFilters): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of ['agent', 'status', 'tool', 'text'] as const) {
    const value = filters[name];
    if (value !== null && value !== '') query.set(name, value);
  }
  writeTimeRange(query, filters.range, noFilters.range);
  return query;
}

export function isFiltered(filters: TaskFilters): boolean {
  return writeFilters(filters).size > 0;
}

/** What to ask the server for. */
export function toTaskQuery(filters: TaskFilters, nowMs: number): TaskQuery {
  return {
    ...(filters.agent === null ? {} : { agent: filters.agent }),
    ...(filters.status === null ? {} : { status: filters.status }),
    ...(filters.tool === null ? {} : { tool: filters.tool }),
    ...(filters.text === '' ? {} : { text: filters.text }),
    ...timeLimits(filters.range, nowMs),
  };
}

/** What a row says about whether a query finds it. */
export type Match = 'found' | 'not found' | 'ask the server';

/** Whether the query finds a row: only the server has the whole text, and all tools where they are many. */
export function matchRow(row: TaskRow, query: TaskQuery): Match {
  const updatedMs = Date.parse(row.updatedAt);
  const mayBeFound =
    (query.agent === undefined || row.agentId === query.agent) &&
    (query.status === undefined || row.status === query.status) &&
    (query.from === undefined || updatedMs >= Date.parse(query.from)) &&
    (query.to === undefined || updatedMs < Date.parse(query.to));
  const hasTool = query.tool === undefined || row.usedTools.includes(query.tool);
  if (!mayBeFound || (!hasTool && row.toolCount <= row.usedTools.length)) return 'not found';
  return hasTool && query.text === undefined ? 'found' : 'ask the server';
}
