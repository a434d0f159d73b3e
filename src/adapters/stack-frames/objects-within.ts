/** Finds the objects that a thrown value holds, without running code of the user. */
import { isArrayBuffer, isProxy } from 'node:util/types';

// An HTTP client's error holds its sockets and agents: hundreds of objects nobody looks at.
const mostObjects = 200;
const mostFields = 50;

const indices = Array.from({ length: mostFields }, (_, index) => String(index));

/** What an error holds beside its enumerable fields. */
const hiddenFields = ['cause', 'errors'];

/** The value itself first, then what it holds, level by level and bounded. Accessors and proxies are left out. */
export function objectsWithin(thrown: unknown): Iterable<object> {
  const found = new Set<object>();
  const add = (value: unknown): void => {
    if (found.size < mostObjects && isWalkable(value)) found.add(value);
  };
  add(thrown);
  // A set yields what is added to it on the way.
  for (const object of found) {
    for (const field of fieldsOf(object))
      add(Object.getOwnPropertyDescriptor(object, field)?.value);
  }
  return found;
}

function isWalkable(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || isProxy(value)) return false;
  // Each byte of those is a field.
  return !ArrayBuffer.isView(value) && !isArrayBuffer(value);
}

function fieldsOf(object: object): readonly string[] {
  if (Array.isArray(object)) return indices.slice(0, object.length);
  return [...hiddenFields, ...Object.keys(object).slice(0, mostFields)];
}
