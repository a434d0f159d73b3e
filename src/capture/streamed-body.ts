/** Watches the stream that a Middy stack answers with, on its way to the caller. */
import { pipeline, Readable, Transform } from 'node:stream';
import type { StreamedText, Thrown } from './outcome.ts';
import { createTextCollector } from './response-stream.ts';

/**
 * Puts a watched stream in the place of a response's body.
 *
 * @param response - a stream, or an HTTP answer with one as its `body`
 * @param limitBytes - how much of the text is kept
 * @param onEnd - told when the stream has ended or broken; the end that the caller sees waits for
 *   its promise
 * @returns the response to send instead, undefined when there is no stream in it
 */
export function streamedBody(
  response: unknown,
  limitBytes: number,
  onEnd: (stream: StreamedText, thrown?: Thrown) => Promise<void> | undefined,
): unknown {
  if (isReadable(response)) return watched(response, limitBytes, undefined, onEnd);
  if (typeof response !== 'object' || response === null || !('body' in response)) return undefined;
  if (!isReadable(response.body)) return undefined;
  const status = 'statusCode' in response ? Number(response.statusCode) : undefined;
  return { ...response, body: watched(response.body, limitBytes, status, onEnd) };
}

function watched(
  body: Readable | ReadableStream,
  limitBytes: number,
  statusCode: number | undefined,
  onEnd: (stream: StreamedText, thrown?: Thrown) => Promise<void> | undefined,
): Readable {
  const collector = createTextCollector(limitBytes);
  const streamed = (): StreamedText => ({ ...collector.collected(), statusCode });
  const source = isWebStream(body) ? Readable.fromWeb(body as never) : body;
  const watch = new Transform({
    // The chunks pass as they are.
    objectMode: source.readableObjectMode,
    decodeStrings: false,
    highWaterMark: source.readableHighWaterMark,
    transform(chunk, encoding, done) {
      collector.add(chunk, encoding);
      done(null, chunk);
    },
    flush(done) {
      const wait = onEnd(streamed());
      if (wait) void wait.then(() => done());
      else done();
    },
  });
  pipeline(source, watch, (error) => {
    if (error) void onEnd(streamed(), { value: error });
  });
  return watch;
}

function isReadable(value: unknown): value is Readable | ReadableStream {
  return value instanceof Readable || isWebStream(value);
}

// Looking at its methods, not at the class: the mere mention of the global makes Node load it.
function isWebStream(value: unknown): value is ReadableStream {
  return (
    typeof value === 'object' && value !== null && 'getReader' in value && 'pipeThrough' in value
  );
}
