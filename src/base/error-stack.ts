/** Reads and writes an object's own `stack` without running user code. */
import { isProxy } from 'node:util/types';

/** V8 stores the stack of an error behind an accessor, one for all errors of a realm. */
const accessorOfRealm = Object.getOwnPropertyDescriptor(new Error(), 'stack')?.get;

/** The stack; undefined if it is not a text or if user code defines an accessor for it. */
function readStack(object: object): string | undefined {
  const property = Object.getOwnPropertyDescriptor(object, 'stack');
  const stack: unknown = isV8Accessor(property?.get)
    ? Reflect.apply(property.get, object, [])
    : property?.value;
  return typeof stack === 'string' ? stack : undefined;
}

/** Whether the name, message and stack of an error can be read without running user code. */
export function isPlainError(error: Error): boolean {
  return ['name', 'message'].every((field) => isData(error, field)) && hasPlainStack(error);
}

function hasPlainStack(error: Error): boolean {
  const property = Object.getOwnPropertyDescriptor(error, 'stack');
  if (property === undefined) return isData(error, 'stack');
  return property.get === undefined || isV8Accessor(property.get);
}

/** Whether a field, own or inherited, is a data property or missing. */
function isData(object: object, field: string): boolean {
  for (let owner: object | null = object; owner !== null; owner = Object.getPrototypeOf(owner)) {
    if (isProxy(owner)) return false;
    const property = Object.getOwnPropertyDescriptor(owner, field);
    if (property !== undefined) return 'value' in property;
  }
  return true;
}

/** Does nothing if the stack cannot be read without running user code, or is read-only. */
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
  if (get === undefined || get === accessorOfRealm) return get !== undefined;
  // Other realms, such as those of `vm`, have their own accessor. A bound function has a name.
  const name: unknown = Object.getOwnPropertyDescriptor(get, 'name')?.value;
  return name === '' && Function.prototype.toString.call(get).endsWith('{ [native code] }');
}
