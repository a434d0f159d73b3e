/** The filters of the task list, as stored in the URL. */
import type { TaskQuery, TaskRow } from '../../wire/page-data.ts';
import { readTimeRange, type TimeRange, timeLimits, writeTimeRange } from './time-range.ts';

export interface TaskFilters {
  readonly agent: string | null;
  readonly status: TaskRow['status'] | null;
  readonly tool: string | null;
  /** Empty for any text. */
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

/** Reports only set completed and failed; the others come from the API. */
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

/** Returns the query of the URL, empty without filters. */
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

/** Returns the query for the server. */
export function toTaskQuery(filters: TaskFilters, nowMs: number): TaskQuery {
  return {
    ...(filters.agent === null ? {} : { agent: filters.agent }),
    ...(filters.status === null ? {} : { status: filters.status }),
    ...(filters.tool === null ? {} : { tool: filters.tool }),
    ...(filters.text === '' ? {} : { text: filters.text }),
    ...timeLimits(filters.range, nowMs),
  };
}

export type Match = 'match' | 'no match' | 'unknown';

/** Whether a row matches the query. Only the server has the full text and the tools of long lists. */
export function matchRow(row: TaskRow, query: TaskQuery): Match {
  const updatedMs = Date.parse(row.updatedAt);
  const mayMatch =
    (query.agent === undefined || row.agentId === query.agent) &&
    (query.status === undefined || row.status === query.status) &&
    (query.from === undefined || updatedMs >= Date.parse(query.from)) &&
    (query.to === undefined || updatedMs < Date.parse(query.to));
  const hasTool = query.tool === undefined || row.usedTools.includes(query.tool);
  if (!mayMatch || (!hasTool && row.toolCount <= row.usedTools.length)) return 'no match';
  return hasTool && query.text === undefined ? 'match' : 'unknown';
}
