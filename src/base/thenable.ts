/** Observes what a promise comes to, and leaves it to whoever waits for it. */
import { isPromise } from 'node:util/types';

// As it was before the function's own code could replace it.
const { then } = Promise.prototype;

type Notify = (value: unknown) => unknown;

/** As the runtime recognises one, without its errors. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  try {
    return 'then' in value && (isPromise(value) || typeof value.then === 'function');
  } catch {
    // Whoever awaits it meets the same error, and then it is the handler's.
    return true;
  }
}

/** Whether it may be one; without reading it, which may have effects. */
export function hasThen(value: unknown): boolean {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  try {
    return 'then' in value;
  } catch {
    // A proxy that is only to be read.
    return true;
  }
}

/**
 * Whether a value is a promise of the language itself: following it has no effect that anybody could
 * see. Subclasses may start their work in `then`, or have a constructor of their own.
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
 * What the runtime is to wait for in the promise's stead: one that follows it directly. V8 shows the
 * frames of whoever awaits the one in the errors of the other, as long as nobody else does.
 *
 * @param fulfilled - must not throw
 * @param rejected - must not throw
 */
export function followPromise(
  promise: Promise<unknown>,
  fulfilled: Notify,
  rejected: Notify,
): Promise<unknown> {
  return Reflect.apply(then, promise, [
    (value: unknown) => {
      fulfilled(value);
      return value;
    },
    (error: unknown) => {
      rejected(error);
      throw error;
    },
  ]);
}

/**
 * Notices a rejection where whoever awaits the promise does: nothing else is called for it, and
 * nothing earlier. A promise that cannot be changed is left alone.
 *
 * @param rejected - must not throw
 */
export function observeRejection(promise: Promise<unknown>, rejected: Notify): void {
  const { then: original } = promise;
  const value = function then(this: unknown, fulfil?: unknown, reject?: unknown): unknown {
    const notice = (error: unknown): unknown => {
      rejected(error);
      if (typeof reject === 'function') return reject(error);
      throw error;
    };
    return Reflect.apply(original, this, [fulfil, notice]);
  };
  Reflect.defineProperty(promise, 'then', { value, configurable: true, writable: true });
}

/**
 * What any value comes to, followed once as `await` follows it. A plain promise stands for itself: V8
 * looks for the frames of whoever awaits it among those who follow it directly.
 */
export function adopt(value: unknown): Promise<unknown> {
  return isPlainPromise(value) ? value : new Promise((resolve) => resolve(value));
}
