/** Hears what a promise comes to, and leaves it to whoever waits for it. */
import { isPromise } from 'node:util/types';
import type { PlainHandler } from './own-frames.ts';

// As it was before the function's own code could replace it.
const promiseThen = Promise.prototype.then;

type Hear = (value: unknown) => unknown;
type Settle = (value: unknown) => unknown;
type Then = (resolve: Settle, reject: Settle) => unknown;

/** As the runtime tells one, without its errors. */
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
 * What the runtime is to wait for in its stead. A promise that follows it directly: V8 shows the
 * frames of whoever awaits the one in the errors of the other, as long as nobody else does.
 *
 * @param fulfilled - must not throw
 * @param rejected - must not throw
 */
export function observeThenable(value: unknown, fulfilled: Hear, rejected: Hear): unknown {
  if (isPromise(value)) {
    return follow(value, fulfilled, rejected);
  }
  // A value after all, whose fields are read for the answer, this one among them.
  const answer = once(fulfilled);
  return new Proxy(Object(value), {
    get(target, key) {
      const property: unknown = Reflect.get(target, key);
      if (key !== 'then') return isFunction(property) ? property.bind(target) : property;
      if (isFunction(property)) return observed(target, property, once(fulfilled), once(rejected));
      answer(target);
      return property;
    },
  });
}

function follow(promise: Promise<unknown>, fulfilled: Hear, rejected: Hear): unknown {
  try {
    return Reflect.apply(promiseThen, promise, [
      (answer: unknown) => {
        fulfilled(answer);
        return answer;
      },
      (error: unknown) => {
        rejected(error);
        throw error;
      },
    ]);
  } catch (error) {
    // A class of promises that makes no others: the runtime meets the same error.
    rejected(error);
    return promise;
  }
}

function observed(target: object, then: PlainHandler, fulfilled: Hear, rejected: Hear): Then {
  return (resolve, reject) => {
    try {
      return Reflect.apply(then, target, [
        (value: unknown) => {
          fulfilled(value);
          return resolve(value);
        },
        (error: unknown) => {
          rejected(error);
          return reject(error);
        },
      ]);
    } catch (error) {
      rejected(error);
      throw error;
    }
  };
}

function once(hear: Hear): Hear {
  let isHeard = false;
  return (value) => {
    if (!isHeard) hear(value);
    isHeard = true;
  };
}

function isFunction(value: unknown): value is PlainHandler {
  return typeof value === 'function';
}
