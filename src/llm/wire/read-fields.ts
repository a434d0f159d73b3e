/** Reads values of unknown shape: a getter or proxy that throws counts as a missing field. */

/** A response has a handful of choices and some dozens of blocks. */
const maxItems = 1000;
/** Fields read for one value: enough for some thousand responses, and an end for a hostile value. */
const maxFields = 1_000_000;
/** Characters; the longest real texts are ARNs of models. */
const maxTextLength = 2048;

export type Fields = Record<string, unknown>;

let fieldsLeft = Number.POSITIVE_INFINITY;

/** Reads within a bound, past which every field is missing. The callback is synchronous. */
export function readBounded<T>(read: () => T): T {
  const before = fieldsLeft;
  fieldsLeft = Math.min(before, maxFields);
  try {
    return read();
  } finally {
    fieldsLeft = before;
  }
}

/** The first of these fields that is neither undefined nor null. */
export function field(value: unknown, ...names: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const name of names) {
    fieldsLeft -= 1;
    if (fieldsLeft < 0) return undefined;
    try {
      const found: unknown = Reflect.get(value, name);
      if (found !== undefined && found !== null) return found;
    } catch {}
  }
  return undefined;
}

/** A short text such as an id or a name; undefined when empty. */
export function textField(value: unknown, ...names: readonly string[]): string | undefined {
  const found = field(value, ...names);
  return typeof found === 'string' && found.length > 0 && found.length <= maxTextLength
    ? found
    : undefined;
}

/** A number of tokens; null for anything else, nonsense included. */
export function countField(value: unknown, ...names: readonly string[]): number | null {
  return count(field(value, ...names));
}

export function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** Adds the known counts; null if the first is unknown. The others are optional. */
export function sum(first: number | null, ...extras: readonly (number | null)[]): number | null {
  if (first === null) return null;
  return count(extras.reduce<number>((total, extra) => total + (extra ?? 0), first));
}

/** The items of a field that is a list, otherwise none. */
export function itemsField(value: unknown, ...names: readonly string[]): readonly unknown[] {
  return items(field(value, ...names));
}

export function items(value: unknown, max: number = maxItems): readonly unknown[] {
  const found: unknown[] = [];
  try {
    if (!Array.isArray(value)) return found;
    const list: readonly unknown[] = value;
    // A proxy of a list may claim any length.
    const length = Math.min(list.length, max, fieldsLeft);
    for (let index = 0; index < length; index += 1) found.push(list[index]);
    fieldsLeft -= found.length;
  } catch {}
  return found;
}

/** The first item of a field that is a list. */
export function firstItem(value: unknown, name: string): unknown {
  return field(field(value, name), '0');
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A plain copy of an object's own fields; empty for anything else. */
export function fieldsOf(value: unknown): Fields {
  try {
    return isObject(value) && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}
