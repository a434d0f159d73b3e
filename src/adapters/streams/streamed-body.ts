/** Observes the stream that a Middy stack responds with. */
import { Readable } from 'node:stream';
import type { StreamedText, Thrown } from '../../invocation/outcome.ts';
import { observeNodeBody } from './node-body.ts';
import type { BodyObserver } from './observed-body.ts';
import { createTextCollector } from './text-collector.ts';
import { observeWebBody } from './web-body.ts';

/**
 * Observes the stream in a response. Like Middy, it accepts a stream that no code has started to
 * read, as the response itself or as the `body` of a plain object.
 *
 * @param limitBytes - how many bytes of the text are kept
 * @param onEnd - called once when the stream has ended or failed, or if no code starts to read it
 *   within `unreadMs`; the reader sees the end of the stream after its promise resolves
 * @param unreadMs - how long the reader may take to start, in milliseconds @default 1000
 * @returns the response to send instead; undefined if the response contains no such stream
 */
export function observeStreamedBody(
  response: unknown,
  limitBytes: number,
  onEnd: (stream: StreamedText, thrown?: Thrown) => Promise<void> | undefined,
  unreadMs = 1_000,
): unknown {
  const observe = (body: Readable | ReadableStream, statusCode: number | undefined): unknown => {
    const collector = createTextCollector(limitBytes);
    let isEnded = false;
    const end: BodyObserver['onEnd'] = (thrown) => {
      clearTimeout(unreadTimer);
      if (isEnded) return undefined;
      isEnded = true;
      return onEnd({ ...collector.collected(), statusCode }, thrown);
    };
    const observer = { onChunk: collector.add, onEnd: end };
    const observed = isWebStream(body)
      ? observeWebBody(body, observer)
      : observeNodeBody(body, observer);
    // Some bodies are never read, for instance in the response to a HEAD request.
    const unreadTimer = setTimeout(() => {
      if (!observed.isRead()) void end();
    }, unreadMs);
    return observed.body;
  };
  if (isUnreadStream(response)) return observe(response, undefined);
  if (!isPlainObject(response)) return undefined;
  const body = Object.getOwnPropertyDescriptor(response, 'body')?.value;
  if (!isUnreadStream(body)) return undefined;
  const observed = observe(body, Number(response['statusCode']) || undefined);
  return observed === body ? response : { ...response, body: observed };
}

function isUnreadStream(value: unknown): value is Readable | ReadableStream {
  if (isWebStream(value)) return !value.locked;
  return value instanceof Readable && value.readableFlowing === null && !value.destroyed;
}

// Checks methods, because access to the global class makes Node.js load it.
function isWebStream(value: unknown): value is ReadableStream {
  return (
    typeof value === 'object' && value !== null && 'getReader' in value && 'pipeThrough' in value
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
