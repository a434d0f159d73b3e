/** Node 22 still has handlers that answer by a callback or by `context.succeed()`. */
import type { Outcome } from './outcome.ts';

/** Watches the ways to answer without a promise. */
export interface WatchedCallbacks {
  /** The handler's parameters, the callback among them watched. */
  readonly parameters: unknown[];
  /** Whether the handler has answered in one of these ways. */
  readonly called: () => boolean;
  /** The answer is known by other means, which use the same ways. */
  readonly hearNoMore: () => void;
  /** The handler has returned without an answer: it comes later, or the runtime answers null. */
  readonly awaitAnswer: () => void;
}

/**
 * Watches the callback and the methods of the context that a runtime offers. The runtime hears
 * each call in its order, the first after its run has been reported.
 *
 * @param end - told the first outcome, and what the runtime waits for before it answers; what it
 *   returns is waited for
 * @returns undefined where the runtime has no callbacks
 */
export function watchCallbacks(
  parameters: unknown[],
  end: (outcome: Outcome, answered?: Promise<void>) => Promise<void> | undefined,
): WatchedCallbacks | undefined {
  const [event, context, callback, ...others] = parameters;
  if (!isFunction(callback)) return undefined;
  let called = false;
  let passingOn: Promise<unknown> | undefined;

  const hear = (outcome: Outcome, answered?: Promise<void>): void => {
    called = true;
    process.off('beforeExit', hearNothing);
    passingOn = end(outcome, answered);
  };
  // The event loop has run dry, which makes the runtime answer null.
  const hearNothing = (): void => hear({ kind: 'response', value: null });

  const watched =
    (
      original: Callable,
      outcomeOf: (...answer: unknown[]) => Outcome,
      answeredAfter?: (outcome: Outcome) => Promise<void> | undefined,
    ): Callable =>
    (...answer) => {
      if (!called) {
        const outcome = outcomeOf(...answer);
        hear(outcome, answeredAfter?.(outcome));
      }
      if (passingOn === undefined) return original(...answer);
      passingOn = passingOn.then(() => original(...answer));
      return undefined;
    };

  if (typeof context === 'object' && context !== null) {
    for (const [method, outcomeOf] of Object.entries(contextMethods)) {
      const original: unknown = Reflect.get(context, method);
      if (isFunction(original)) {
        Reflect.set(context, method, watched(original.bind(context), outcomeOf));
      }
    }
  }
  // Given a value by its callback, the runtime answers when the event loop has run dry.
  const whenDry = ({ kind }: Outcome): Promise<void> | undefined =>
    kind === 'response' && waitsForEmptyEventLoop(context)
      ? new Promise((resolve) => void process.once('beforeExit', () => resolve()))
      : undefined;

  return {
    parameters: [event, context, watched(callback, errorOrValue, whenDry), ...others],
    called: () => called,
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

function waitsForEmptyEventLoop(context: unknown): boolean {
  return (
    typeof context === 'object' &&
    context !== null &&
    Reflect.get(context, 'callbackWaitsForEmptyEventLoop') === true
  );
}

function isFunction(value: unknown): value is Callable {
  return typeof value === 'function';
}
