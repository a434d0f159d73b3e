/** A handler, its wrapper and how the runtime calls the wrapper. */

export type PlainHandler = (...parameters: unknown[]) => unknown;

export interface HandlerCall {
  readonly handler: PlainHandler;
  /** The object that the wrapper is called on as a method, if any. */
  readonly receiver: unknown;
  readonly wrapper: PlainHandler;
}
