/** Formats numbers, durations and times. */

const whole = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', {
  notation: 'compact',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const axis = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
const time = new Intl.DateTimeFormat('en-GB', { month: 'short', day: 'numeric', ...clock });
const timeOfYear = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const dayMonth = new Intl.DateTimeFormat('en-GB', { month: 'short', day: 'numeric' });
const dayMonthYear = new Intl.DateTimeFormat('en-GB', {
  month: 'short',
  day: 'numeric',
  year: 'numeric',
});

export function readableCount(count: number): string {
  return whole.format(count);
}

/** Exact below 100,000, otherwise compact. */
export function shortCount(count: number): string {
  return count < 100_000 ? whole.format(count) : compact.format(count);
}

/** Cached tokens, where there are any. */
export function cacheParts(
  tokens: { readonly cacheReadTokens: number; readonly cacheWriteTokens: number },
  format: (count: number) => string = readableCount,
): string[] {
  return [
    ...(tokens.cacheReadTokens > 0 ? [`${format(tokens.cacheReadTokens)} cache read`] : []),
    ...(tokens.cacheWriteTokens > 0 ? [`${format(tokens.cacheWriteTokens)} cache write`] : []),
  ];
}

/** Compact numbers for chart axes. */
export function axisCount(count: number): string {
  return axis.format(count);
}

export function axisDuration(seconds: number): string {
  if (seconds === 0) return '0';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  return seconds < 120 ? `${Number(seconds.toFixed(1))} s` : readableDuration(seconds);
}

export function readablePercent(share: number): string {
  // Rounded down so that only a share of 1 is 100%.
  return `${(Math.floor(share * 1000) / 10).toFixed(share === 1 ? 0 : 1)}%`;
}

export function readableDuration(seconds: number): string {
  if (!(seconds >= 0)) return '–';
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.995) return `${seconds.toFixed(2)} s`;
  const total = Math.round(seconds);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(total / 86_400), 'd'],
    [Math.floor(total / 3600) % 24, 'h'],
    [Math.floor(total / 60) % 60, 'm'],
    [total % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ');
}

/** The age in one unit; the date after a week. */
export function readableAge(iso: string, nowMs: number): string {
  const then = Date.parse(iso);
  if (Number.isNaN(then)) return '–';
  const seconds = Math.max(0, Math.floor((nowMs - then) / 1000));
  if (seconds < 1) return 'now';
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  if (seconds < 7 * 86_400) return `${Math.floor(seconds / 86_400)}d`;
  const sameYear = new Date(then).getFullYear() === new Date(nowMs).getFullYear();
  return (sameYear ? dayMonth : dayMonthYear).format(then);
}

/** The local time, with the year unless it is the current one. */
export function readableTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return (isThisYear ? time : timeOfYear).format(date);
}

export function readableLength(characters: number): string {
  if (characters < 1000) return `${characters} characters`;
  return characters < 1_000_000
    ? `${(characters / 1000).toFixed(1)} K characters`
    : `${(characters / 1_000_000).toFixed(1)} M characters`;
}
