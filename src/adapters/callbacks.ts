/** Observes handlers on Node.js 22 that respond through a callback or `context.succeed()`. */
import type { Outcome } from '../invocation/outcome.ts';

export interface ObservedCallbacks {
  /** The handler's parameters, with the callback wrapped. */
  readonly parameters: unknown[];
  /** Whether the handler has responded through a callback. */
  readonly isCalled: () => boolean;
  /** Call when the handler returns a promise: the runtime ties that promise to its own callbacks. */
  readonly restoreForRuntime: () => void;
  /** Call when the promise has settled: its outcome counts, later callbacks do not. */
  readonly ignoreLaterCalls: () => void;
  /** Call when the handler returns without a promise or a callback: either a callback follows, or the runtime responds with null. */
  readonly awaitCall: () => void;
}

/**
 * Wraps the callback and the context's `succeed`, `fail` and `done`. The runtime receives all calls
 * in order, the first one after its task has been reported.
 *
 * @param settle - called with the first outcome; the call is passed on when its promise resolves
 * @returns undefined if the runtime offers no callback (Node.js 24 and newer)
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
export function observeCallbacks(
  parameters: unknown[],
  settle: (outcome: Outcome) => Promise<void> | undefined,
): ObservedCallbacks | undefined {
  const [event, context, callback, ...others] = parameters;
  if (!isFunction(callback)) return undefined;
  let isCalled = false;
  let forwarding: Promise<unknown> | undefined;

  const onOutcome = (outcome: Outcome): void => {
    isCalled = true;
    process.off('beforeExit', onEmptyEventLoop);
    forwarding = settle(outcome);
  };
  // The runtime responds with null when the event loop is empty.
  const onEmptyEventLoop = (): void => onOutcome({ kind: 'response', value: null });

  const wrap = (original: Callable, outcomeOf: ToOutcome): Callable =>
    function (this: unknown, ...callArguments) {
      if (!isCalled) onOutcome(outcomeOf(...callArguments));
      if (forwarding === undefined) return Reflect.apply(original, this, callArguments);
      forwarding = forwarding.then(() => Reflect.apply(original, this, callArguments));
      return undefined;
    };

  const methods = contextMethods(context);
  const wrapMethods = (): void => {
    for (const { target, name, original, outcomeOf } of methods) {
      Reflect.set(target, name, wrap(original, outcomeOf));
    }
  };
  wrapMethods();

  return {
    parameters: [event, context, wrap(callback, errorOrValue), ...others],
    isCalled: () => isCalled,
    restoreForRuntime() {
      // The runtime reads the methods as soon as the handler returns. The handler may call them later.
      for (const { target, name, original } of methods) Reflect.set(target, name, original);
      queueMicrotask(wrapMethods);
    },
    ignoreLaterCalls() {
      isCalled = true;
    },
    awaitCall: () => void process.prependOnceListener('beforeExit', onEmptyEventLoop),
  };
}

type Callable = (...parameters: unknown[]) => unknown;
type ToOutcome = (...callArguments: unknown[]) => Outcome;

const succeed = (value: unknown): Outcome => ({ kind: 'response', value });
const fail = (error: unknown): Outcome => ({ kind: 'failure', thrown: { value: error } });
const errorOrValue = (error: unknown, value: unknown): Outcome =>
  error === null || error === undefined ? succeed(value) : fail(error);

const outcomes: Readonly<Record<string, ToOutcome>> = { succeed, fail, done: errorOrValue };

interface ContextMethod {
  readonly target: object;
  readonly name: string;
  readonly original: Callable;
  readonly outcomeOf: ToOutcome;
}

function contextMethods(context: unknown): readonly ContextMethod[] {
  if (typeof context !== 'object' || context === null) return [];
  return Object.entries(outcomes).flatMap(([name, outcomeOf]) => {
    const original: unknown = Reflect.get(context, name);
    return isFunction(original) ? [{ target: context, name, original, outcomeOf }] : [];
  });
}

function isFunction(value: unknown): value is Callable {
  return typeof value === 'function';
}
