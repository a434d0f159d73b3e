/** Turns any value of the user's code into plain JSON data, without trusting it. */
import * as types from 'node:util/types';
import { wellFormed } from './well-formed.ts';

/** Plain JSON data. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | JsonValue[]
  | { [key: string]: JsonValue };

/**
 * AWS events and LLM responses nest about 20 levels deep. 64 leaves room and keeps the recursion of
 * every later step far from the end of the stack.
 */
const MAX_DEPTH = 64;

/**
 * Lambda takes and gives at most 6 MiB of JSON, so ordinary data never meets this limit. Objects
 * that share children or make new ones while they are read can be endless without a cycle.
 */
const MAX_CHARACTERS = 8 * 1024 * 1024;

interface Walk {
  /** The objects that contain the current one, outermost first. */
  readonly ancestors: object[];
  /** JSON characters that may still be copied. */
  charactersLeft: number;
}

/**
 * A copy of the value as JSON data; `undefined` for what JSON leaves out (undefined, functions,
 * symbols). Never throws. What `JSON.stringify` would refuse becomes a text in brackets at that
 * place: `[Circular]`, `[Unreadable]`, `[12 bytes of binary]`.
 */
export function toJsonValue(value: unknown): JsonValue | undefined {
  return copy(value, '', { ancestors: [], charactersLeft: MAX_CHARACTERS });
}

function copy(value: unknown, key: string, walk: Walk): JsonValue | undefined {
  switch (typeof value) {
    case 'string':
      return copyText(value, walk);
    case 'number':
      walk.charactersLeft -= 2;
      // JSON knows no negative zero: adding 0 makes it positive.
      return Number.isFinite(value) ? value + 0 : null;
    case 'boolean':
      walk.charactersLeft -= 5;
      return value;
    case 'bigint':
      return copyText(String(value), walk);
    case 'object':
      return value === null ? copyNull(walk) : copyObject(value, key, walk);
    default:
      return undefined;
  }
}

function copyNull(walk: Walk): null {
  walk.charactersLeft -= 4;
  return null;
}

function copyText(text: string, walk: Walk): string {
  const room = Math.max(0, walk.charactersLeft);
  walk.charactersLeft -= text.length + 3;
  return wellFormed(text.length <= room ? text : `${text.slice(0, room)}…`);
}

function copyObject(value: object, key: string, walk: Walk): JsonValue | undefined {
  return inside(value, walk, () => {
    const bytes = binaryLength(value);
    if (bytes !== undefined) return copyText(`[${bytes} bytes of binary]`, walk);
    const toJson: unknown = Reflect.get(value, 'toJSON');
    if (typeof toJson !== 'function') return copyContents(value, walk);
    const plain: unknown = Reflect.apply(toJson, value, [key]);
    if (plain === value) return copyContents(value, walk);
    if (typeof plain !== 'object' || plain === null) return copy(plain, key, walk);
    // Like JSON.stringify: toJSON is not asked again for what it returned.
    return inside(plain, walk, () => copyContents(plain, walk));
  });
}

/** Copies an object while it is marked as an ancestor of what is in it. */
function inside(
  value: object,
  walk: Walk,
  copyInside: () => JsonValue | undefined,
): JsonValue | undefined {
  walk.charactersLeft -= 3;
  if (walk.ancestors.includes(value)) return copyText('[Circular]', walk);
  if (walk.ancestors.length >= MAX_DEPTH)
    return copyText(`[Deeper than ${MAX_DEPTH} levels]`, walk);
  walk.ancestors.push(value);
  try {
    return copyInside();
  } catch {
    return copyText('[Unreadable]', walk);
  } finally {
    walk.ancestors.pop();
  }
}

function binaryLength(value: object): number | undefined {
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return value.byteLength;
  return undefined;
}

function copyContents(value: object, walk: Walk): JsonValue | undefined {
  if (Array.isArray(value)) return copyList(value, walk);
  if (types.isMap(value)) return copyMap(value, walk);
  if (types.isSet(value)) return copyList([...Set.prototype.values.call(value)], walk);
  if (types.isBoxedPrimitive(value)) return copy(unboxed(value), '', walk);
  if (types.isNativeError(value) || value instanceof Error) return copyError(value, walk);
  return copyFields(Object.keys(value), value, walk);
}

function copyList(list: readonly unknown[], walk: Walk): JsonValue[] {
  const copied: JsonValue[] = [];
  // Not forEach: holes count, and a Proxy may claim any length.
  const { length } = list;
  for (let index = 0; index < length; index++) {
    if (walk.charactersLeft <= 0) {
      copied.push(`… ${length - index} more items`);
      break;
    }
    walk.charactersLeft -= 1;
    copied.push(copyMember(list, String(index), walk) ?? copyNull(walk));
  }
  return copied;
}

function copyFields(keys: readonly string[], value: object, walk: Walk): JsonValue {
  const copied: { [key: string]: JsonValue } = {};
  for (const [index, key] of keys.entries()) {
    if (walk.charactersLeft <= 0) {
      copied['…'] = `${keys.length - index} more keys`;
      break;
    }
    walk.charactersLeft -= key.length + 1;
    const member = copyMember(value, key, walk);
    if (member !== undefined) setField(copied, wellFormed(key), member);
  }
  return copied;
}

/** One getter or trap that throws hides one field, not the whole object. */
function copyMember(owner: object, key: string, walk: Walk): JsonValue | undefined {
  let member: unknown;
  try {
    member = Reflect.get(owner, key);
  } catch {
    return copyText('[Unreadable]', walk);
  }
  return copy(member, key, walk);
}

/** Sets an own field, also where its name is `__proto__`. */
export function setField(
  target: { [key: string]: JsonValue },
  key: string,
  value: JsonValue,
): void {
  if (key !== '__proto__') {
    target[key] = value;
    return;
  }
  Object.defineProperty(target, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

function copyMap(map: ReadonlyMap<unknown, unknown>, walk: Walk): JsonValue {
  const entries: [unknown, unknown][] = [...Map.prototype.entries.call(map)];
  if (!entries.every(([key]) => typeof key === 'string')) return copyList(entries, walk);
  const fields: object = Object.fromEntries(entries);
  return copyFields(Object.keys(fields), fields, walk);
}

function copyError(error: object, walk: Walk): JsonValue {
  const shown = ['name', 'message', ...Object.keys(error), 'cause', 'errors'];
  return copyFields([...new Set(shown)], error, walk);
}

function unboxed(boxed: object): unknown {
  if (types.isStringObject(boxed)) return String.prototype.valueOf.call(boxed);
  if (types.isNumberObject(boxed)) return Number.prototype.valueOf.call(boxed);
  if (types.isBooleanObject(boxed)) return Boolean.prototype.valueOf.call(boxed);
  if (types.isBigIntObject(boxed)) return BigInt.prototype.valueOf.call(boxed);
  return {};
}
