/** Observes what a streaming handler writes and keeps a bounded beginning of it. */

import type { StreamedText } from '../../invocation/outcome.ts';
import type { PlainHandler } from '../stack-frames/handler-call.ts';
import type { RuntimeClient } from './chunk-serialization.ts';
import { observeHttpPrelude } from './http-prelude.ts';
import { type ObservedStream, wrapEnd, wrapWrite } from './stream-methods.ts';
import { createTextCollector } from './text-collector.ts';

/**
 * The stream that the runtime passes to a streaming handler.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html
 */
export interface ResponseStream {
  write: (...parameters: never[]) => unknown;
  end: (...parameters: never[]) => unknown;
  readonly writableEnded?: boolean;
  readonly destroyed?: boolean;
  once?: (event: string, listener: () => void) => unknown;
}

/** Whether the second argument of a handler is a response stream. */
export function isResponseStream(value: unknown): value is ResponseStream {
  return (
    typeof value === 'object' &&
    value !== null &&
    'write' in value &&
    typeof value.write === 'function' &&
    'end' in value &&
    typeof value.end === 'function'
  );
}

/** Promises that resolve on the first `end()` of an observed stream. */
const ends = new WeakMap<ResponseStream, Promise<void>>();

/**
 * Observes a stream in place: the handler keeps the runtime's own object, with its back-pressure,
 * events and errors.
 *
 * @param limitBytes - how many bytes of the text are kept
 * @returns a function that returns what has been streamed so far
 */
export function observeResponseStream(
  stream: ResponseStream,
  limitBytes: number,
): () => StreamedText {
  const collector = createTextCollector(limitBytes);
  const prelude = observeHttpPrelude(stream);
  let onEnd = (): void => {};
  ends.set(stream, new Promise((resolve) => (onEnd = resolve)));
  const observed = { stream, client: clientOf(stream), collector, prelude, onEnd };
  try {
    replaceMethod(observed, 'write', wrapWrite);
    replaceMethod(observed, 'end', wrapEnd);
  } catch {
    // The stream cannot be observed. Streaming must still work.
  }
  return () => ({ ...collector.collected(), statusCode: prelude.statusCode() });
}

/** Resolves when the stream has ended or is destroyed, or after `timeoutMs`. Adds no listeners. */
export function streamClosed(stream: ResponseStream, timeoutMs: number): Promise<void> {
  const isClosed = (): boolean => stream.writableEnded !== false || stream.destroyed === true;
  if (isClosed()) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      clearInterval(poll);
      resolve();
    };
    const timer = setTimeout(done, timeoutMs);
    // A broken connection destroys the stream without a call of `end()`.
    const poll = setInterval(() => isClosed() && done(), pollMs);
    void ends.get(stream)?.then(done);
  });
}

const pollMs = 50;

/** Undefined for a stream that no runtime client has created, for instance in a test. */
function clientOf(stream: ResponseStream): RuntimeClient | undefined {
  if (!('setContentType' in stream)) return undefined;
  return 'writableBuffer' in stream ? 3 : 4;
}

/**
 * Replaces a method of the runtime, which is a bound function in a data property, with another bound
 * function that has the same length, name and flags.
 */
function replaceMethod(
  observed: ObservedStream & { readonly stream: ResponseStream },
  method: 'write' | 'end',
  wrap: typeof wrapWrite,
): void {
  const { stream } = observed;
  const original = stream[method] as PlainHandler;
  const value = wrap(original, observed).bind(undefined);
  for (const key of ['length', 'name'] as const) {
    const property = Object.getOwnPropertyDescriptor(original, key);
    if (property) Object.defineProperty(value, key, property);
  }
  const hidden = { configurable: true, enumerable: false, writable: true };
  const property = Object.getOwnPropertyDescriptor(stream, method) ?? hidden;
  Reflect.defineProperty(stream, method, { ...property, value });
}
