/** Decides how a chunk of a response stream is turned into text for the report. */
import { isProxy } from 'node:util/types';

/** Major version of the runtime client that created a stream. */
export type RuntimeClient = 3 | 4;

/**
 * - `verbatim`: text, bytes and values that the runtime rejects
 * - `json`: plain data; stringifying it again has no side effects
 * - `json-once`: stringifying it runs user code, which must run exactly once
 */
export type Serialization = 'verbatim' | 'json' | 'json-once';

/** @param client - undefined for a stream that no runtime client has created */
export function serializationOf(chunk: unknown, client: RuntimeClient | undefined): Serialization {
  if (client === undefined || typeof chunk === 'string' || isBytes(chunk, client)) {
    return 'verbatim';
  }
  if (isPlain(chunk)) return 'json';
  return typeof chunk === 'object' ? 'json-once' : 'verbatim';
}

/** Of the subclasses of `Uint8Array`, version 3 sends only `Buffer` as bytes. */
function isBytes(chunk: unknown, client: RuntimeClient): boolean {
  if (isProxy(chunk) || !(chunk instanceof Uint8Array)) return false;
  return client === 4 || Buffer.isBuffer(chunk) || chunk.constructor === Uint8Array;
}

function isPlain(chunk: unknown): boolean {
  try {
    return isPlainData(chunk, []);
  } catch {
    // Nested too deeply: the runtime fails on it too.
    return true;
  }
}

/** Whether `JSON.stringify` runs no user code. */
function isPlainData(value: unknown, outer: readonly unknown[]): boolean {
  if (typeof value === 'bigint') return !('toJSON' in BigInt.prototype);
  if (typeof value === 'function') return !isProxy(value) && !('toJSON' in value);
  // `JSON.stringify` fails on a cycle before it runs any code.
  if (typeof value !== 'object' || value === null || outer.includes(value)) return true;
  if (isProxy(value) || !isPlainPrototype(Object.getPrototypeOf(value))) return false;
  if ('toJSON' in value) return false;
  const within = [...outer, value];
  return Object.values(Object.getOwnPropertyDescriptors(value)).every(
    (field) => !field.enumerable || ('value' in field && isPlainData(field.value, within)),
  );
}

function isPlainPrototype(prototype: unknown): boolean {
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}
