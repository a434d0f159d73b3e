/** Makes V8 name the handler's frame as it does without the wrapper: `Runtime.ask [as handler]`. */
import { isProxy } from 'node:util/types';
import type { HandlerCall } from './handler-call.ts';

/** Classes of the runtime client that call the handler as a method. */
const callers: ReadonlySet<unknown> = new Set([
  'Runtime',
  'BufferedInvokeProcessor',
  'StreamingInvokeProcessor',
]);

/**
 * V8 names a method after the enumerable property of the receiver, own or inherited, that holds it.
 * The receiver's own property holds the wrapper, so the handler is stored as an inherited property.
 */
export function nameAsMethod({ handler, receiver, wrapper }: HandlerCall): void {
  if (typeof receiver !== 'object' || receiver === null || isProxy(receiver)) return;
  const type: unknown = Object.getPrototypeOf(receiver);
  if (typeof type !== 'object' || type === null || isProxy(type)) return;
  const caller = plainValue(type, 'constructor');
  if (typeof caller !== 'function' || !callers.has(plainValue(caller, 'name'))) return;
  if (plainValue(type, method) === handler) return;
  // An inner wrapper is called on the same receiver as the outer one.
  if (plainValue(receiver, method) !== wrapper && plainValue(type, method) !== wrapper) return;
  Reflect.defineProperty(type, method, {
    value: handler,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

const method = 'handler';

function plainValue(object: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}
