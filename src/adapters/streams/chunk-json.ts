/** Decides who may turn a chunk of a response stream into JSON, and how often. */
import { isProxy } from 'node:util/types';

/** The version of Lambda's runtime client that made a stream. */
export type RuntimeClient = 3 | 4;

/**
 * - `as it is`: text, bytes, and what the runtime refuses
 * - `json`: plain data, which anybody can stringify unnoticed
 * - `json once`: the runtime stringifies it, and code of the user may notice how often
 */
export type WrittenAs = 'as it is' | 'json' | 'json once';

/** @param client - undefined for a stream that no runtime client has made */
export function writtenAs(chunk: unknown, client: RuntimeClient | undefined): WrittenAs {
  if (client === undefined || typeof chunk === 'string' || isBytes(chunk, client)) {
    return 'as it is';
  }
  if (isPlain(chunk)) return 'json';
  return typeof chunk === 'object' ? 'json once' : 'as it is';
}

/** Version 3 sends no subclass of `Uint8Array` but `Buffer` as bytes. */
function isBytes(chunk: unknown, client: RuntimeClient): boolean {
  if (isProxy(chunk) || !(chunk instanceof Uint8Array)) return false;
  return client === 4 || Buffer.isBuffer(chunk) || chunk.constructor === Uint8Array;
}

function isPlain(chunk: unknown): boolean {
  try {
    return isPlainData(chunk, []);
  } catch {
    // Nested too deeply, for the runtime as well.
    return true;
  }
}

/** Whether `JSON.stringify` runs no code of the user. */
function isPlainData(value: unknown, outer: readonly unknown[]): boolean {
  if (typeof value === 'bigint') return !('toJSON' in BigInt.prototype);
  if (typeof value === 'function') return !isProxy(value) && !('toJSON' in value);
  // With a cycle it fails before it could run any.
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
