/** Watches what a streaming handler writes, without holding more than a bounded beginning of it. */

import type { StreamedText } from '../../invocation/outcome.ts';
import type { PlainHandler } from '../stack-frames/handler-call.ts';
import type { RuntimeClient } from './chunk-json.ts';
import { watchHttpPrelude } from './http-prelude.ts';
import { type Watched, watchEnd, watchWrite } from './stream-methods.ts';
import { createTextCollector } from './text-collector.ts';

/** The stream that Lambda's runtime passes to a streaming handler. */
export interface ResponseStream {
  write: (...parameters: never[]) => unknown;
  end: (...parameters: never[]) => unknown;
  readonly writableEnded?: boolean;
  readonly destroyed?: boolean;
  once?: (event: string, listener: () => void) => unknown;
}

/** Whether a handler's second argument is such a stream. */
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

/** Resolved by the first `end()` of a watched stream. */
const ends = new WeakMap<ResponseStream, Promise<void>>();

/**
 * Watches a stream in place: the handler keeps the very object that the runtime made, with its
 * back-pressure, events and errors.
 *
 * @param limitBytes - how much of the text is kept
 * @returns what has been streamed so far
 */
export function watchResponseStream(
  stream: ResponseStream,
  limitBytes: number,
): () => StreamedText {
  const collector = createTextCollector(limitBytes);
  const prelude = watchHttpPrelude(stream);
  let ended = (): void => {};
  ends.set(stream, new Promise((resolve) => (ended = resolve)));
  const watched = { stream, client: clientOf(stream), collector, prelude, ended };
  try {
    replaceMethod(watched, 'write', watchWrite);
    replaceMethod(watched, 'end', watchEnd);
  } catch {
    // A stream that cannot be watched is streamed all the same.
  }
  return () => ({ ...collector.collected(), statusCode: prelude.status() });
}

/** Resolves when nothing more can be written, or after `timeoutMs`. Adds no listeners. */
export function streamClosed(stream: ResponseStream, timeoutMs: number): Promise<void> {
  const isClosed = (): boolean => stream.writableEnded !== false || stream.destroyed === true;
  if (isClosed()) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      clearInterval(look);
      resolve();
    };
    const timer = setTimeout(done, timeoutMs);
    // A connection that breaks destroys the stream without a call of `end()`.
    const look = setInterval(() => isClosed() && done(), lookMs);
    void ends.get(stream)?.then(done);
  });
}

const lookMs = 50;

/** Undefined for a stream that no runtime client has made, in a test for instance. */
function clientOf(stream: ResponseStream): RuntimeClient | undefined {
  if (!('setContentType' in stream)) return undefined;
  return 'writableBuffer' in stream ? 3 : 4;
}

/**
 * The runtime's methods are bound functions in plain properties, and so are these: nobody can tell
 * them apart.
 */
function replaceMethod(
  watched: Watched & { readonly stream: ResponseStream },
  method: 'write' | 'end',
  watch: typeof watchWrite,
): void {
  const { stream } = watched;
  const original = stream[method] as PlainHandler;
  const value = watch(original, watched).bind(undefined);
  for (const key of ['length', 'name'] as const) {
    const property = Object.getOwnPropertyDescriptor(original, key);
    if (property) Object.defineProperty(value, key, property);
  }
  const hidden = { configurable: true, enumerable: false, writable: true };
  const property = Object.getOwnPropertyDescriptor(stream, method) ?? hidden;
  Reflect.defineProperty(stream, method, { ...property, value });
}
