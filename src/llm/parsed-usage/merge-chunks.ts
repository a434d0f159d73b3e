/** Merges the chunks of a streamed response. */
import { type Fields, isObject } from '../wire/read-fields.ts';

/** Sets a field from outside; never an object's prototype. */
function put(target: Fields, name: string, value: unknown): void {
  if (name !== '__proto__') target[name] = value;
}

/** Copies fields; the last value wins, unless it is empty. */
export function putAll(target: Fields, source: unknown, except: readonly string[] = []): void {
  if (!isObject(source)) return;
  for (const name of Object.keys(source)) {
    if (except.includes(name)) continue;
    const value: unknown = Reflect.get(source, name);
    const isEmpty = value === null || value === '';
    if (value !== undefined && !(isEmpty && name in target)) put(target, name, value);
  }
}

/** Appends to a text or a list, and replaces anything else. */
export function append(target: Fields, name: string, piece: unknown): void {
  const before = target[name];
  if (typeof before === 'string' && typeof piece === 'string') put(target, name, before + piece);
  else if (Array.isArray(before) && Array.isArray(piece))
    for (const item of piece) before.push(item);
  else if (Array.isArray(piece)) put(target, name, [...piece]);
  else if (piece !== undefined && (piece !== null || before === undefined))
    put(target, name, piece);
}

/** Appends to a name: some servers send it in parts, some repeat it, some send all of it so far. */
export function appendName(target: Fields, name: string, piece: unknown): void {
  const before = target[name];
  if (typeof before !== 'string') append(target, name, piece);
  else if (typeof piece === 'string' && piece !== before) {
    put(target, name, piece.startsWith(before) ? piece : before + piece);
  }
}

/** The object of a key, created on first use. */
export function partOf(parts: Map<unknown, Fields>, key: unknown): Fields {
  let part = parts.get(key);
  if (part === undefined) {
    part = {};
    parts.set(key, part);
  }
  return part;
}

/** Parses a JSON text, or returns it as it is if it was cut. */
export function parsedOrText(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return value;
  } catch {
    return json;
  }
}
