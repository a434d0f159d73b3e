/** A handler, and how the runtime calls what stands in its place. */

export type PlainHandler = (...parameters: unknown[]) => unknown;

export interface HandlerCall {
  readonly handler: PlainHandler;
  /** What it is called on, where it is called as a method. */
  readonly receiver: unknown;
  readonly reported: PlainHandler;
}
