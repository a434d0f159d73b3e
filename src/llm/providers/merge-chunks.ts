/** Puts the pieces of a streamed answer together. */
import { type Fields, isObject } from '../wire/read-fields.ts';

/** Sets a field that came from outside; never an object's prototype. */
function put(target: Fields, name: string, value: unknown): void {
  if (name !== '__proto__') target[name] = value;
}

/** Takes over the fields that say something: the last one wins. */
export function putAll(target: Fields, source: unknown, except: readonly string[] = []): void {
  if (!isObject(source)) return;
  for (const name of Object.keys(source)) {
    if (except.includes(name)) continue;
    const value: unknown = Reflect.get(source, name);
    const saysNothing = value === null || value === '';
    if (value !== undefined && !(saysNothing && name in target)) put(target, name, value);
  }
}

/** Continues a text or a list; anything else is replaced. */
export function append(target: Fields, name: string, piece: unknown): void {
  const before = target[name];
  if (typeof before === 'string' && typeof piece === 'string') put(target, name, before + piece);
  else if (Array.isArray(before) && Array.isArray(piece))
    for (const item of piece) before.push(item);
  else if (Array.isArray(piece)) put(target, name, [...piece]);
  else if (piece !== undefined && (piece !== null || before === undefined))
    put(target, name, piece);
}

/** Continues a name: some servers send it in pieces, some again and again, some as far as it goes. */
export function appendName(target: Fields, name: string, piece: unknown): void {
  const before = target[name];
  if (typeof before !== 'string') append(target, name, piece);
  else if (typeof piece === 'string' && piece !== before) {
    put(target, name, piece.startsWith(before) ? piece : before + piece);
  }
}

/** The object kept for a key, made when it is first asked for. */
export function partOf(parts: Map<unknown, Fields>, key: unknown): Fields {
  let part = parts.get(key);
  if (part === undefined) {
    part = {};
    parts.set(key, part);
  }
  return part;
}

/** A JSON text put together from pieces; the text itself when it was cut. */
export function parsedOrText(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return value;
  } catch {
    return json;
  }
}
