/**
 * Calls a listener before a method of one object that takes a chunk of data. The replaced method is
 * not enumerable.
 *
 * @param before - gets the chunk first; must not throw
 */
export function listenBefore(
  object: object,
  method: string,
  before: (chunk: unknown) => void,
): void {
  const original: unknown = Reflect.get(object, method);
  if (!isMethod(original)) return;
  // The name marks our own frames in stack traces. The methods have no more than two parameters.
  const { '[xpander-lambda]': value } = {
    '[xpander-lambda]'(this: unknown, chunk: unknown, encoding?: unknown): unknown {
      before(chunk);
      return original.call(this, chunk, encoding);
    },
  };
  Reflect.defineProperty(object, method, {
    value,
    configurable: true,
    writable: true,
    enumerable: false,
  });
}

function isMethod(value: unknown): value is (chunk: unknown, encoding: unknown) => unknown {
  return typeof value === 'function';
}
