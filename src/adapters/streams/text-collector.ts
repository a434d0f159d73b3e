/** Collects the beginning of a streamed text. */
import { StringDecoder } from 'node:string_decoder';
import type { StreamedText } from '../../invocation/outcome.ts';

export interface TextCollector {
  /** Ignores chunks that are neither text nor bytes. */
  readonly add: (chunk: unknown, encoding?: unknown) => void;
  readonly collected: () => Omit<StreamedText, 'statusCode'>;
}

/** @param limitBytes - how many bytes are kept */
export function createTextCollector(limitBytes: number): TextCollector {
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let truncatedBytes = 0;
  return {
    add(chunk, encoding) {
      if (!isTextOrBytes(chunk)) return;
      const length = byteLength(chunk, encoding);
      const room = Math.max(0, limitBytes - keptBytes);
      const part = room > 0 ? beginningOf(chunk, encoding, room) : undefined;
      if (part !== undefined) kept.push(part);
      keptBytes += part?.length ?? 0;
      truncatedBytes += length - (part?.length ?? 0);
    },
    collected() {
      // The decoder drops an incomplete character at the end.
      const text = new StringDecoder('utf8').write(Buffer.concat(kept, keptBytes));
      return { text, truncatedBytes };
    },
  };
}

function isTextOrBytes(chunk: unknown): chunk is string | Uint8Array {
  return typeof chunk === 'string' || chunk instanceof Uint8Array;
}

function byteLength(chunk: string | Uint8Array, encoding: unknown): number {
  if (typeof chunk !== 'string') return chunk.byteLength;
  return Buffer.byteLength(chunk, encodingOf(encoding));
}

/** Copies bytes, because the handler may reuse its buffer. */
function beginningOf(chunk: string | Uint8Array, encoding: unknown, room: number): Buffer {
  if (typeof chunk !== 'string') {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    return Buffer.from(bytes.subarray(0, room));
  }
  const known = encodingOf(encoding);
  // A character has at least one byte.
  const text = known === 'utf8' ? chunk.slice(0, room) : chunk;
  return Buffer.from(text, known).subarray(0, room);
}

function encodingOf(encoding: unknown): BufferEncoding {
  if (typeof encoding !== 'string' || !Buffer.isEncoding(encoding)) return 'utf8';
  return /^utf-?8$/i.test(encoding) ? 'utf8' : encoding;
}
