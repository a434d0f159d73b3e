/** Lets V8 name the handler's frame as it does without us: `Runtime.ask [as handler]`. */
import { isProxy } from 'node:util/types';
import type { HandlerCall } from './handler-call.ts';

/** The classes of the runtime clients that call a handler as their method. */
const callers: ReadonlySet<unknown> = new Set([
  'Runtime',
  'BufferedInvokeProcessor',
  'StreamingInvokeProcessor',
]);

/**
 * V8 names a method by the enumerable property of its receiver, own or inherited, that holds it.
 * The runtime's own property holds ours now, so the handler becomes one that is inherited.
 */
export function nameAsMethod({ handler, receiver, reported }: HandlerCall): void {
  if (typeof receiver !== 'object' || receiver === null || isProxy(receiver)) return;
  const type: unknown = Object.getPrototypeOf(receiver);
  if (typeof type !== 'object' || type === null || isProxy(type)) return;
  const caller = plainValue(type, 'constructor');
  if (typeof caller !== 'function' || !callers.has(plainValue(caller, 'name'))) return;
  if (plainValue(type, method) === handler) return;
  // A second reporter inside the first one is called on the same receiver.
  if (plainValue(receiver, method) !== reported && plainValue(type, method) !== reported) return;
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
