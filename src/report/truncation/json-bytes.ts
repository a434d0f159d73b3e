/**
 * Counts the bytes that text and JSON data take in a request body, where JSON may be wrapped in the
 * strings of other JSON.
 *
 * `wraps` is the number of JSON strings around: 0 for a value of the body itself, 1 for what is
 * inside a text of the body, such as an event that was turned into JSON text, 2 for the JSON body
 * of an HTTP request inside of such an event. Each wrap escapes what the one inside has escaped.
 */
import type { JsonValue } from '../text/json-value.ts';

/** Deeper data counts as larger than any limit, so that it is cut before anything recurses into it. */
export const MAX_DEPTH = 64;

/**
 * Bytes of a text inside of quotes that are themselves `wraps` strings deep, without the quotes.
 * Of a text that is longer than `most` they are not counted: the answer is then its length.
 */
export function textBytes(
  text: string,
  wraps: number,
  most: number = Number.POSITIVE_INFINITY,
): number {
  // No character takes less than a byte.
  if (text.length > most) return text.length;
  let escaped = text;
  for (let string = 0; string <= wraps; string++) {
    const inside = JSON.stringify(escaped).slice(1, -1);
    if (inside.length === escaped.length) break;
    escaped = inside;
  }
  return Buffer.byteLength(escaped);
}

/** Bytes of the quote that begins or ends a string: a backslash more than doubles with each wrap. */
export function quoteBytes(wraps: number): number {
  return 2 ** wraps;
}

/**
 * Bytes of JSON data. Counting stops once there are more than `most`, so that a small part of a
 * large value is measured at the price of a small one; the answer is then some number above `most`.
 */
export function jsonBytes(value: JsonValue, wraps: number, most: number, depth = 0): number {
  if (typeof value === 'string') {
    return 2 * quoteBytes(wraps) + textBytes(value, wraps, most);
  }
  if (typeof value !== 'object' || value === null) return String(value).length;
  if (depth >= MAX_DEPTH) return most + 1;
  return Array.isArray(value)
    ? listBytes(value, wraps, most, depth)
    : fieldsBytes(value, wraps, most, depth);
}

/** Bytes of a field's name with its quotes and colon. */
export function keyBytes(key: string, wraps: number): number {
  return 2 * quoteBytes(wraps) + textBytes(key, wraps) + 1;
}

function listBytes(list: readonly JsonValue[], wraps: number, most: number, depth: number): number {
  // Brackets, and a comma before each item but the first.
  let bytes = 2 + Math.max(0, list.length - 1);
  for (const item of list) {
    if (bytes > most) break;
    bytes += jsonBytes(item, wraps, most - bytes, depth + 1);
  }
  return bytes;
}

function fieldsBytes(
  fields: { readonly [key: string]: JsonValue },
  wraps: number,
  most: number,
  depth: number,
): number {
  const entries = Object.entries(fields);
  let bytes = 2 + Math.max(0, entries.length - 1);
  for (const [key, value] of entries) {
    if (bytes > most) break;
    bytes += keyBytes(key, wraps);
    bytes += jsonBytes(value, wraps, most - bytes, depth + 1);
  }
  return bytes;
}
