import type { JsonValue } from './json-value.ts';

/** JSON data as the text of a report: a text stays as it is, nothing stays nothing. */
export function textOf(value: JsonValue | undefined): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
