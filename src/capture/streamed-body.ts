/** Watches the stream that a Middy stack answers with, on its way to the caller. */
import { pipeline, Readable, Transform } from 'node:stream';
import type { StreamedText, Thrown } from './outcome.ts';
import { createTextCollector } from './response-stream.ts';

/**
 * Puts a watched stream in the place of a response's body. Only what Middy streams is touched: a
 * stream that is untouched itself, alone or as the `body` of a plain object.
 *
 * @param limitBytes - how much of the text is kept
 * @param onEnd - told when the stream has ended, has broken, or is read by nobody; the end that
 *   the caller sees waits for its promise
 * @returns the response to send instead, undefined when there is no stream in it
 */
export function streamedBody(
  response: unknown,
  limitBytes: number,
  onEnd: (stream: StreamedText, thrown?: Thrown) => Promise<void> | undefined,
): unknown {
  const watch = (body: Readable | ReadableStream, statusCode: number | undefined): unknown => {
    const collector = createTextCollector(limitBytes);
    const watcher: Watcher = {
      see: collector.add,
      end: (thrown) => onEnd({ ...collector.collected(), statusCode }, thrown),
    };
    return isWebStream(body) ? watchWeb(body, watcher) : watchNode(body, watcher);
  };
  if (isUnreadStream(response)) return watch(response, undefined);
  if (!isPlainObject(response)) return undefined;
  const body = Object.getOwnPropertyDescriptor(response, 'body')?.value;
  if (!isUnreadStream(body)) return undefined;
  return { ...response, body: watch(body, Number(response['statusCode']) || undefined) };
}

interface Watcher {
  readonly see: (chunk: unknown, encoding?: unknown) => void;
  readonly end: (thrown?: Thrown) => Promise<void> | undefined;
}

function watchNode(source: Readable, { see, end }: Watcher): Readable {
  const watched = new Transform({
    // The chunks pass as they are.
    objectMode: source.readableObjectMode,
    decodeStrings: false,
    highWaterMark: source.readableHighWaterMark,
    transform(chunk, encoding, done) {
      see(chunk, encoding);
      done(null, chunk);
    },
    flush(done) {
      const wait = end();
      if (wait) void wait.then(() => done());
      else done();
    },
  });
  pipeline(source, watched, (error) => {
    if (error) void end({ value: error });
  });
  noticeNeglect(() => watched.readableFlowing !== null || watched.destroyed, end);
  return watched;
}

function watchWeb(source: ReadableStream, { see, end }: Watcher): ReadableStream {
  const watched = source.pipeThrough(
    new TransformStream<unknown, unknown>({
      transform(chunk, controller) {
        see(chunk);
        controller.enqueue(chunk);
      },
      flush: () => end(),
      cancel: (reason) => void end({ value: reason }),
    }),
  );
  noticeNeglect(() => watched.locked, end);
  return watched;
}

/**
 * Ends the run of a stream that nobody reads, such as the body of an answer to HEAD. Should it be
 * read later after all, its end corrects this.
 */
function noticeNeglect(isRead: () => boolean, end: Watcher['end']): void {
  const look = (): void => {
    if (!isRead()) void end();
  };
  // Middy begins to read when the hooks behind ours are done; the runtime takes two turns of the
  // event loop until it hands the answer over.
  setImmediate(() => setImmediate(look));
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
