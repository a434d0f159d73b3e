/** Node 22 still has handlers that answer by a callback or by `context.succeed()`. */
import type { Outcome } from './outcome.ts';

/** Watches the ways to answer without a promise. */
export interface WatchedCallbacks {
  /** The handler's parameters, the callback among them watched. */
  readonly parameters: unknown[];
  /** Whether the handler has answered in one of these ways. */
  readonly called: () => boolean;
}

/**
 * Watches the callback and the methods of the context that a runtime offers.
 *
 * @param end - told the first outcome; the answer is passed on when its promise is done
 * @returns undefined where the runtime has no callbacks
 */
export function watchCallbacks(
  parameters: unknown[],
  end: (outcome: Outcome) => Promise<void> | undefined,
): WatchedCallbacks | undefined {
  const [event, context, callback, ...others] = parameters;
  if (!isFunction(callback)) return undefined;
  let called = false;

  const first = (outcome: Outcome): Promise<void> | undefined => {
    if (called) return undefined;
    called = true;
    return end(outcome);
  };
  const passOn = (outcome: Outcome, answer: () => unknown): void => {
    const wait = first(outcome);
    if (wait) void wait.then(answer);
    else answer();
  };
  const watched =
    (original: Callable, outcomeOf: (...answer: unknown[]) => Outcome): Callable =>
    (...answer) =>
      passOn(outcomeOf(...answer), () => original(...answer));

  if (typeof context === 'object' && context !== null) {
    for (const [method, outcomeOf] of Object.entries(contextMethods)) {
      const original: unknown = Reflect.get(context, method);
      if (isFunction(original)) {
        Reflect.set(context, method, watched(original.bind(context), outcomeOf));
      }
    }
  }
  return {
    parameters: [event, context, watched(callback, errorOrValue), ...others],
    called: () => called,
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

function isFunction(value: unknown): value is Callable {
  return typeof value === 'function';
}
