/** A selected time range. */
import type { TaskQuery } from '../../wire/page-data.ts';

export type TimeRange =
  | { readonly kind: 'all' }
  | { readonly kind: 'last'; readonly name: LastName }
  /** ISO 8601; null for an open end. */
  | { readonly kind: 'custom'; readonly from: string | null; readonly to: string | null };

export type LastName = '15m' | '1h' | '24h' | '7d';

const minute = 60_000;

export const lastRanges: Readonly<
  Record<LastName, { readonly label: string; readonly ms: number }>
> = {
  '15m': { label: 'Last 15 minutes', ms: 15 * minute },
  '1h': { label: 'Last hour', ms: 60 * minute },
  '24h': { label: 'Last 24 hours', ms: 24 * 60 * minute },
  '7d': { label: 'Last 7 days', ms: 7 * 24 * 60 * minute },
};

/** Parses a range from a query. Returns `fallback` if there is none. */
export function readTimeRange(query: URLSearchParams, fallback: TimeRange): TimeRange {
  const name = query.get('range');
  if (name === 'all') return { kind: 'all' };
  if (isLastName(name)) return { kind: 'last', name };
  const from = isoTime(query.get('from'));
  const to = isoTime(query.get('to'));
  return name === 'custom' || from !== null || to !== null
    ? { kind: 'custom', from, to }
    : fallback;
}

/** Writes a range to a query, unless it equals `fallback`. */
export function writeTimeRange(
  query: URLSearchParams,
  range: TimeRange,
  fallback: TimeRange,
): void {
  for (const name of ['range', 'from', 'to']) query.delete(name);
  if (range.kind === 'last') {
    if (fallback.kind !== 'last' || fallback.name !== range.name) query.set('range', range.name);
  } else if (range.kind === 'custom') {
    query.set('range', 'custom');
    if (range.from !== null) query.set('from', range.from);
    if (range.to !== null) query.set('to', range.to);
  } else if (fallback.kind !== 'all') {
    query.set('range', 'all');
  }
}

/** The current start and end of a range, for the server. */
export function timeLimits(range: TimeRange, nowMs: number): Pick<TaskQuery, 'from' | 'to'> {
  switch (range.kind) {
    case 'all':
      return {};
    case 'last':
      return { from: new Date(nowMs - lastRanges[range.name].ms).toISOString() };
    case 'custom':
      return {
        ...(range.from === null ? {} : { from: range.from }),
        ...(range.to === null ? {} : { to: range.to }),
      };
  }
}

function isLastName(name: string | null): name is LastName {
  return name !== null && Object.hasOwn(lastRanges, name);
}

/** Converts a text to ISO 8601; null if it is not a time. */
export function isoTime(text: string | null): string | null {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
