/**
 * Puts a listener in front of a method of one object that takes a piece of data; nobody who looks at
 * the object sees it.
 *
 * @param before - hears the piece first; must not throw
 */
export function listenBefore(
  object: object,
  method: string,
  before: (piece: unknown) => void,
): void {
  const original: unknown = Reflect.get(object, method);
  if (!isMethod(original)) return;
  // The name by which own frames are known in stack traces. Two parameters are all that there are.
  const { '[xpander-lambda]': value } = {
    '[xpander-lambda]'(this: unknown, piece: unknown, encoding?: unknown): unknown {
      before(piece);
      return original.call(this, piece, encoding);
    },
  };
  Reflect.defineProperty(object, method, {
    value,
    configurable: true,
    writable: true,
    enumerable: false,
  });
}

function isMethod(value: unknown): value is (piece: unknown, encoding: unknown) => unknown {
  return typeof value === 'function';
}
