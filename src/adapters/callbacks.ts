/** Node 22 still has handlers that answer by a callback or by `context.succeed()`. */
import type { Outcome } from '../invocation/outcome.ts';

/** Watches the ways to answer without a promise. */
export interface WatchedCallbacks {
  /** The handler's parameters, the callback among them watched. */
  readonly parameters: unknown[];
  /** Whether the handler has answered in one of these ways. */
  readonly called: () => boolean;
  /** The handler has returned a promise, which the runtime ties to its own ways to answer. */
  readonly stepAside: () => void;
  /** The answer is known from that promise. */
  readonly hearNoMore: () => void;
  /** The handler has returned without an answer: it comes later, or the runtime answers null. */
  readonly awaitAnswer: () => void;
}

/**
 * Watches the callback and the methods of the context that a runtime offers. The runtime hears
 * each call in its order, the first after its run has been reported.
 *
 * @param end - told the first outcome; what it returns is waited for
 * @returns undefined where the runtime has no callbacks
 */
export function watchCallbacks(
  parameters: unknown[],
  end: (outcome: Outcome) => Promise<void> | undefined,
): WatchedCallbacks | undefined {
  const [event, context, callback, ...others] = parameters;
  if (!isFunction(callback)) return undefined;
  let called = false;
  let passingOn: Promise<unknown> | undefined;

  const hear = (outcome: Outcome): void => {
    called = true;
    process.off('beforeExit', hearNothing);
    passingOn = end(outcome);
  };
  // The event loop has run dry, which makes the runtime answer null.
  const hearNothing = (): void => hear({ kind: 'response', value: null });

  const watched = (original: Callable, outcomeOf: (...answer: unknown[]) => Outcome): Callable =>
    function (this: unknown, ...answer) {
      if (!called) hear(outcomeOf(...answer));
      if (passingOn === undefined) return Reflect.apply(original, this, answer);
      passingOn = passingOn.then(() => Reflect.apply(original, this, answer));
      return undefined;
    };

  const methods = watchableMethods(context);
  const watchMethods = (): void => {
    for (const { target, name, original, outcomeOf } of methods) {
      Reflect.set(target, name, watched(original, outcomeOf));
    }
  };
  watchMethods();

  return {
    parameters: [event, context, watched(callback, errorOrValue), ...others],
    called: () => called,
    stepAside() {
      // The runtime takes them as soon as the handler has returned; the handler may use them yet.
      for (const { target, name, original } of methods) Reflect.set(target, name, original);
      queueMicrotask(watchMethods);
    },
    hearNoMore() {
      called = true;
    },
    awaitAnswer: () => void process.prependOnceListener('beforeExit', hearNothing),
  };
}

type Callable = (...parameters: unknown[]) => unknown;

const succeed = (value: unknown): Outcome => ({ kind: 'response', value });
const fail = (error: unknown): Outcome => ({ kind: 'failure', thrown: { value: error } });
const errorOrValue = (error: unknown, value: unknown): Outcome =>
  error === null || error === undefined ? succeed(value) : fail(error);

const contextMethods: Readonly<Record<string, (...answer: unknown[]) => Outcome>> = {
  succeed,
  fail,
  done: errorOrValue,
};

interface ContextMethod {
  readonly target: object;
  readonly name: string;
  readonly original: Callable;
  readonly outcomeOf: (...answer: unknown[]) => Outcome;
}

function watchableMethods(context: unknown): readonly ContextMethod[] {
  if (typeof context !== 'object' || context === null) return [];
  return Object.entries(contextMethods).flatMap(([name, outcomeOf]) => {
    const original: unknown = Reflect.get(context, name);
    return isFunction(original) ? [{ target: context, name, original, outcomeOf }] : [];
  });
}

function isFunction(value: unknown): value is Callable {
  return typeof value === 'function';
}
