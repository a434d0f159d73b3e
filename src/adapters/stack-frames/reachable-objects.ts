/** Finds the objects that a thrown value refers to, without running user code. */
import { isArrayBuffer, isProxy } from 'node:util/types';

// The error of an HTTP client refers to its sockets and agents: hundreds of irrelevant objects.
const maxObjects = 200;
const maxFields = 50;

const indices = Array.from({ length: maxFields }, (_, index) => String(index));

/** Fields of an error that are not enumerable. */
const hiddenFields = ['cause', 'errors'];

/**
 * The value and the objects it refers to, breadth first, 200 at most. Skips accessors and proxies,
 * which run user code.
 */
export function reachableObjects(thrown: unknown): Iterable<object> {
  const found = new Set<object>();
  const add = (value: unknown): void => {
    if (found.size < maxObjects && isWalkable(value)) found.add(value);
  };
  add(thrown);
  // The iteration includes objects that are added during it.
  for (const object of found) {
    for (const field of fieldsOf(object))
      add(Object.getOwnPropertyDescriptor(object, field)?.value);
  }
  return found;
}

function isWalkable(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || isProxy(value)) return false;
  // Each byte of them is a field.
  return !ArrayBuffer.isView(value) && !isArrayBuffer(value);
}

function fieldsOf(object: object): readonly string[] {
  if (Array.isArray(object)) return indices.slice(0, object.length);
  return [...hiddenFields, ...Object.keys(object).slice(0, maxFields)];
}
