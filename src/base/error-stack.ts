/** Reads and writes an object's own `stack` without running code of the user. */
import { isProxy } from 'node:util/types';

/** V8 stores the stack of an error behind an accessor, the same one for all errors of a realm. */
const ofThisRealm = Object.getOwnPropertyDescriptor(new Error(), 'stack')?.get;

/** The stack; undefined where it is no text or an accessor of the user's. */
function readStack(object: object): string | undefined {
  const property = Object.getOwnPropertyDescriptor(object, 'stack');
  const stack: unknown = isV8Accessor(property?.get)
    ? Reflect.apply(property.get, object, [])
    : property?.value;
  return typeof stack === 'string' ? stack : undefined;
}

/** Whether the name, message and stack of an error can be read without running code of the user. */
export function isPlainError(error: Error): boolean {
  return ['name', 'message'].every((field) => isData(error, field)) && hasPlainStack(error);
}

function hasPlainStack(error: Error): boolean {
  const property = Object.getOwnPropertyDescriptor(error, 'stack');
  if (property === undefined) return isData(error, 'stack');
  return property.get === undefined || isV8Accessor(property.get);
}

/** Own or inherited, or not there at all. */
function isData(object: object, field: string): boolean {
  for (let owner: object | null = object; owner !== null; owner = Object.getPrototypeOf(owner)) {
    if (isProxy(owner)) return false;
    const property = Object.getOwnPropertyDescriptor(owner, field);
    if (property !== undefined) return 'value' in property;
  }
  return true;
}

/** Leaves a stack alone that `readStack` does not read, or that is read-only. */
export function rewriteStack(object: object, rewrite: (stack: string) => string): void {
  const stack = readStack(object);
  if (stack === undefined) return;
  const rewritten = rewrite(stack);
  if (rewritten === stack) return;
  const property = Object.getOwnPropertyDescriptor(object, 'stack');
  if (property?.set) Reflect.apply(property.set, object, [rewritten]);
  else Reflect.defineProperty(object, 'stack', { ...property, value: rewritten });
}

function isV8Accessor(get: (() => unknown) | undefined): get is () => unknown {
  if (get === undefined || get === ofThisRealm) return get !== undefined;
  // Other realms, such as those of `vm`, have their own. A bound function looks alike, but has a name.
  const name: unknown = Object.getOwnPropertyDescriptor(get, 'name')?.value;
  return name === '' && Function.prototype.toString.call(get).endsWith('{ [native code] }');
}
