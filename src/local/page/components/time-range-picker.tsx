/** Selects a time range: a recent one, all time, or custom limits. */
import type { JSX } from 'preact';
import { isoTime, type LastName, lastRanges, type TimeRange } from '../state/time-range.ts';

export interface TimeRangePickerProps {
  readonly range: TimeRange;
  readonly onRange: (range: TimeRange) => void;
}

const lastNames: readonly LastName[] = ['15m', '1h', '24h', '7d'];

export function TimeRangePicker({ range, onRange }: TimeRangePickerProps): JSX.Element {
  return (
    <div class="time-range">
      <select
        class={range.kind === 'all' ? 'choice' : 'choice chosen'}
        aria-label="Time"
        value={range.kind === 'last' ? range.name : range.kind}
        onChange={({ currentTarget }) => onRange(selectedRange(currentTarget.value))}
      >
        <option value="all">All time</option>
        {lastNames.map((name) => (
          <option key={name} value={name}>
            {lastRanges[name].label}
          </option>
        ))}
        <option value="custom">Custom…</option>
      </select>
      {range.kind === 'custom' ? (
        <>
          <TimeField label="From" iso={range.from} onTime={(from) => onRange({ ...range, from })} />
          <span aria-hidden="true">–</span>
          <TimeField label="To" iso={range.to} onTime={(to) => onRange({ ...range, to })} />
        </>
      ) : null}
    </div>
  );
}

interface TimeFieldProps {
  readonly label: string;
  readonly iso: string | null;
  readonly onTime: (iso: string | null) => void;
}

function TimeField({ label, iso, onTime }: TimeFieldProps): JSX.Element {
  return (
    <input
      type="datetime-local"
      aria-label={label}
      class="choice"
      value={iso === null ? '' : localMinute(iso)}
      onChange={({ currentTarget }) => onTime(isoTime(currentTarget.value))}
    />
  );
}

function selectedRange(value: string): TimeRange {
  if (value === 'custom') return { kind: 'custom', from: startOfToday(), to: null };
  const name = lastNames.find((last) => last === value);
  return name === undefined ? { kind: 'all' } : { kind: 'last', name };
}

function startOfToday(): string {
  return new Date(new Date().setHours(0, 0, 0, 0)).toISOString();
}

/** The local time without a zone, as the input requires. */
function localMinute(iso: string): string {
  const date = new Date(iso);
  const pad = (part: number): string => String(part).padStart(2, '0');
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day}T${pad(date.getHours())}:${pad(date.getMinutes())}`;
}
