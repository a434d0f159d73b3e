/** Watches the stream that a Middy stack responds with, on its way to the caller. */
import { Readable } from 'node:stream';
import type { StreamedText, Thrown } from '../../invocation/outcome.ts';
import { createTextCollector } from './text-collector.ts';
import { watchNodeBody } from './watch-node-body.ts';
import { watchWebBody } from './watch-web-body.ts';
import type { BodyWatcher } from './watched-body.ts';

/**
 * Watches the stream in a response. Only what Middy streams is touched: a stream that nobody has
 * begun to read, alone or as the `body` of a plain object.
 *
 * @param limitBytes - how much of the text is kept
 * @param onEnd - called once: when the stream has ended or has broken, or when nobody has begun to
 *   read it in time. The end that the reader sees waits for its promise
 * @param unreadMs - how long a reader may take to begin @default 1000
 * @returns the response to send instead, undefined when there is no stream in it
 */
export function streamedBody(
  response: unknown,
  limitBytes: number,
  onEnd: (stream: StreamedText, thrown?: Thrown) => Promise<void> | undefined,
  unreadMs = 1_000,
): unknown {
  const watch = (body: Readable | ReadableStream, statusCode: number | undefined): unknown => {
    const collector = createTextCollector(limitBytes);
    let isOver = false;
    const end: BodyWatcher['end'] = (thrown) => {
      clearTimeout(unread);
      if (isOver) return undefined;
      isOver = true;
      return onEnd({ ...collector.collected(), statusCode }, thrown);
    };
    const watcher = { see: collector.add, end };
    const watched = isWebStream(body) ? watchWebBody(body, watcher) : watchNodeBody(body, watcher);
    // The body of a response to HEAD, for instance, is never read.
    const unread = setTimeout(() => {
      if (!watched.isRead()) void end();
    }, unreadMs);
    return watched.body;
  };
  if (isUnreadStream(response)) return watch(response, undefined);
  if (!isPlainObject(response)) return undefined;
  const body = Object.getOwnPropertyDescriptor(response, 'body')?.value;
  if (!isUnreadStream(body)) return undefined;
  const watched = watch(body, Number(response['statusCode']) || undefined);
  return watched === body ? response : { ...response, body: watched };
}

function isUnreadStream(value: unknown): value is Readable | ReadableStream {
  if (isWebStream(value)) return !value.locked;
  return value instanceof Readable && value.readableFlowing === null && !value.destroyed;
}

// Looking at its methods, not at the class: the mere mention of the global makes Node load it.
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
