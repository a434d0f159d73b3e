/**
 * Counts the bytes that text and JSON data take in a request body, where JSON may be wrapped in the
 * strings of other JSON.
 *
 * `wraps` is the number of JSON strings around: 0 for a value of the body itself, 1 for what is
 * inside a text of the body, such as an event that was turned into JSON text, 2 for the JSON body
 * of an HTTP request inside of such an event. Each wrap escapes what the one inside has escaped.
 */
import type { JsonValue } from '../json-value.ts';

/** Deeper data counts as larger than any limit, so that it is cut before anything recurses into it. */
export const MAX_DEPTH = 64;

/** Bytes of a text inside of quotes that are themselves `wraps` strings deep, without the quotes. */
export function textBytes(
  text: string,
  wraps: number,
  most: number = Number.POSITIVE_INFINITY,
): number {
  let bytes = 0;
  for (let index = 0; index < text.length && bytes <= most; index++) {
    bytes += unitBytes(text, index, wraps);
  }
  return bytes;
}

/** Bytes of the quote that begins or ends a string: a backslash more than doubles with each wrap. */
export function quoteBytes(wraps: number): number {
  return 2 ** wraps;
}

/**
 * Bytes that the UTF-16 unit at `index` adds. The first half of a surrogate pair stands for the
 * whole pair, the second adds nothing.
 */
export function unitBytes(text: string, index: number, wraps: number): number {
  const unit = text.charCodeAt(index);
  if (unit === 0x22 || unit === 0x5c) return 2 ** (wraps + 1);
  if (unit < 0x20) return 2 ** wraps + (hasShortEscape(unit) ? 1 : 5);
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  if (unit < 0xd800 || unit > 0xdfff) return 3;
  if (isHighSurrogate(unit)) {
    return isLowSurrogate(text.charCodeAt(index + 1)) ? 4 : 2 ** wraps + 5;
  }
  // JSON.stringify writes a half that stands alone as an escape of six characters.
  return index > 0 && isHighSurrogate(text.charCodeAt(index - 1)) ? 0 : 2 ** wraps + 5;
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

/** \b \t \n \f \r have an escape of two characters, other control characters one of six. */
function hasShortEscape(unit: number): boolean {
  return unit >= 0x08 && unit <= 0x0d && unit !== 0x0b;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
