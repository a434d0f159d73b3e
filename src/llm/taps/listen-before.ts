/** Puts a function in front of a method of one object, where nobody who looks at the object sees it. */

/**
 * @param before - hears the arguments first; must not throw
 */
export function listenBefore(
  object: object,
  method: string,
  before: (...parameters: readonly unknown[]) => void,
): void {
  const original: unknown = Reflect.get(object, method);
  if (typeof original !== 'function') return;
  // The name by which own frames are known in stack traces.
  const { '[xpander-lambda]': value } = {
    '[xpander-lambda]'(this: unknown, ...parameters: unknown[]): unknown {
      before(...parameters);
      return Reflect.apply(original, this, parameters);
    },
  };
  Reflect.defineProperty(object, method, {
    value,
    configurable: true,
    writable: true,
    enumerable: false,
  });
}
