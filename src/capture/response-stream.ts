/** Watches what a streaming handler writes, without holding more than a bounded beginning of it. */
import { StringDecoder } from 'node:string_decoder';
import type { StreamedText } from './outcome.ts';

/** The stream that Lambda's runtime hands to a streaming handler. */
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

/**
 * Collects the beginning of the text that passes by.
 *
 * @param limitBytes - how much is kept
 */
export function createTextCollector(limitBytes: number): {
  readonly add: (chunk: unknown, encoding?: unknown) => void;
  readonly collected: () => Omit<StreamedText, 'statusCode'>;
} {
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let cutBytes = 0;
  return {
    add(chunk, encoding) {
      if (!isReadable(chunk)) return;
      const length = byteLength(chunk, encoding);
      const room = limitBytes - keptBytes;
      if (room > 0) {
        // A copy: the handler may use its buffer again.
        const part = Buffer.from(bytesOf(chunk, encoding).subarray(0, room));
        kept.push(part);
        keptBytes += part.length;
        cutBytes += length - part.length;
      } else {
        cutBytes += length;
      }
    },
    collected() {
      // The decoder holds a character that was cut in the middle back.
      const text = new StringDecoder('utf8').write(Buffer.concat(kept, keptBytes));
      return { text, cutBytes };
    },
  };
}

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
  let statusCode: number | undefined;
  let started = false;
  const watch = (chunk: unknown, encoding: unknown): void => {
    try {
      if (!started) {
        started = true;
        statusCode = preludeStatus(stream);
      }
      collector.add(chunk, encoding);
    } catch {
      // A prelude or encoding that cannot be read here is the runtime's to refuse.
    }
  };
  try {
    for (const method of ['write', 'end'] as const) {
      const original = stream[method];
      stream[method] = function (this: unknown, ...parameters: never[]): unknown {
        watch(parameters[0], parameters[1]);
        return original.apply(this, parameters);
      };
    }
  } catch {
    // A stream that cannot be watched is streamed all the same.
  }
  return () => ({ ...collector.collected(), statusCode });
}

/** Resolves when nothing more can be written, or after `timeoutMs`. */
export function streamClosed(stream: ResponseStream, timeoutMs: number): Promise<void> {
  if (stream.writableEnded || stream.destroyed || !stream.once) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    for (const event of ['finish', 'close', 'error']) stream.once?.(event, done);
  });
}

/**
 * The status that `awslambda.HttpResponseStream.from()` will write before the first chunk: it
 * leaves a function on the stream that writes a JSON prelude, which has no other effect.
 */
function preludeStatus(stream: ResponseStream): number | undefined {
  const writePrelude: unknown = Reflect.get(stream, '_onBeforeFirstWrite');
  if (typeof writePrelude !== 'function') return undefined;
  let status: number | undefined;
  writePrelude((part: unknown) => {
    if (typeof part === 'string') status = Number(JSON.parse(part)?.statusCode) || undefined;
  });
  return status;
}

/** Whether a chunk can be turned into text; what cannot be is the runtime's to refuse. */
function isReadable(chunk: unknown): boolean {
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) return true;
  try {
    return JSON.stringify(chunk) !== undefined;
  } catch {
    return false;
  }
}

function byteLength(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk, encodingOf(encoding));
  return bytesOf(chunk, encoding).length;
}

function bytesOf(chunk: unknown, encoding: unknown): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk, encodingOf(encoding));
  if (chunk instanceof Uint8Array) {
    return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
  // What the runtime does with a chunk that is neither text nor bytes.
  return Buffer.from(JSON.stringify(chunk) ?? '');
}

function encodingOf(encoding: unknown): BufferEncoding {
  return typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8';
}
