/**
 * Cuts away most of what will not fit, before it is masked: masking six megabytes takes half a
 * second of a whole CPU, and a report holds a fraction of them. What remains is still larger than
 * a report, so that the final cut decides what is seen.
 */

import type { JsonValue } from '../text/json-value.ts';
import { fitText } from './truncate-report.ts';

/**
 * The value without what lies beyond `limit` characters; the same value when it is not that large.
 * A text gets at most half of it, so that one does not crowd out all others.
 */
export function shorten(value: JsonValue, limit: number): JsonValue {
  let left = limit;
  const take = (part: JsonValue): JsonValue => {
    if (typeof part === 'string') {
      const kept = shortenText(part, limit);
      left -= kept.length;
      return kept;
    }
    if (typeof part !== 'object' || part === null) {
      left -= scalarLength;
      return part;
    }
    return Array.isArray(part) ? takeItems(part) : takeFields(part);
  };
  const takeItems = (items: readonly JsonValue[]): JsonValue => {
    const kept: JsonValue[] = [];
    for (const item of items) {
      if (left <= 0) return [...kept, `… ${items.length - kept.length} more items`];
      kept.push(take(item));
    }
    return kept;
  };
  const takeFields = (fields: { readonly [key: string]: JsonValue }): JsonValue => {
    const entries = Object.entries(fields);
    const kept: [string, JsonValue][] = [];
    for (const [name, field] of entries) {
      if (left <= 0) {
        kept.push(['…', `${entries.length - kept.length} more fields`]);
        break;
      }
      left -= name.length;
      kept.push([name, take(field)]);
    }
    return Object.fromEntries(kept);
  };
  if (roughLength(value) <= limit && !hasLongText(value, limit / 2)) return value;
  return take(value);
}

/** The same for a single text. JSON stays JSON; of base64, which cannot be cut, the size is said. */
export function shortenText(text: string, limit: number): string {
  const most = Math.floor(limit / 2);
  if (text.length <= most) return text;
  if (/^[\w+/=-]{1000}/.test(text)) return `[${text.length} characters of base64]`;
  return fitText(text, most);
}

// Longer than what a secret is recognised by at its end, such as the password in a URL.
const longestWord = 4_000;

/**
 * At most that many characters from the beginning, up to a white space: a secret that is recognised
 * by its end only must not lose that. Empty when there is none.
 */
export function beginningOf(text: string, most: number): string {
  if (text.length <= most) return text;
  const start = text.slice(0, most);
  const edge = start.slice(-longestWord).search(/\s\S*$/);
  return edge === -1 ? '' : start.slice(0, start.length - Math.min(most, longestWord) + edge);
}

// Numbers, true, false and null with the comma behind them, roughly.
const scalarLength = 8;

/** Characters of the value's JSON, roughly. */
export function roughLength(value: JsonValue): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return scalarLength;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + roughLength(item), 0);
  return Object.entries(value).reduce(
    (sum, [name, field]) => sum + name.length + roughLength(field),
    0,
  );
}

function hasLongText(value: JsonValue, most: number): boolean {
  if (typeof value === 'string') return value.length > most;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((field) => hasLongText(field, most));
}
