/** Observes how a promise settles without changing what its consumer sees. */
import { isPromise } from 'node:util/types';

// User code may replace it later.
const { then } = Promise.prototype;

type Listener = (value: unknown) => unknown;

/** Whether the runtime would await a value. Never throws. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  try {
    return 'then' in value && (isPromise(value) || typeof value.then === 'function');
  } catch {
    // The consumer gets the same error when it awaits the value.
    return true;
  }
}

/** Whether a value may be a thenable. Does not read `then`, which may have side effects. */
export function hasThen(value: unknown): boolean {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  try {
    return 'then' in value;
  } catch {
    // A proxy whose `has` trap throws.
    return true;
  }
}

/**
 * Whether a value is a native promise, which can be followed without visible effects. Subclasses may
 * start their work in `then`.
 */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  return (
    isPromise(value) &&
    Object.getPrototypeOf(value) === Promise.prototype &&
    !Object.hasOwn(value, 'then') &&
    !Object.hasOwn(value, 'constructor')
  );
}

/**
 * Returns a promise that follows another one directly. V8 then shows the frames of the code that
 * awaits it in the errors of the other promise, as long as nothing else awaits that promise.
 *
 * @param onFulfilled - must not throw
 * @param onRejected - must not throw
 */
export function followPromise(
  promise: Promise<unknown>,
  onFulfilled: Listener,
  onRejected: Listener,
): Promise<unknown> {
  return Reflect.apply(then, promise, [
    (value: unknown) => {
      onFulfilled(value);
      return value;
    },
    (error: unknown) => {
      onRejected(error);
      throw error;
    },
  ]);
}

/**
 * Observes a rejection at the moment a consumer of the promise gets it. Without a consumer it
 * observes nothing, so an unhandled rejection stays unhandled. Does nothing if the promise is frozen.
 *
 * @param onRejected - must not throw
 */
export function observeRejection(promise: Promise<unknown>, onRejected: Listener): void {
  const { then: original } = promise;
  const value = function then(this: unknown, fulfil?: unknown, reject?: unknown): unknown {
    const onError = (error: unknown): unknown => {
      onRejected(error);
      if (typeof reject === 'function') return reject(error);
      throw error;
    };
    return Reflect.apply(original, this, [fulfil, onError]);
  };
  Reflect.defineProperty(promise, 'then', { value, configurable: true, writable: true });
}

/**
 * Turns any value into a promise and reads its `then` once, as `await` does. Returns a native promise
 * itself, so that V8 finds the frames of the code that awaits it.
 */
export function adopt(value: unknown): Promise<unknown> {
  return isPlainPromise(value) ? value : new Promise((resolve) => resolve(value));
}
