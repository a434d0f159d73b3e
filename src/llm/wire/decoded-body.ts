import zlib from 'node:zlib';

/** Bytes, before and after decompression; the longest real responses have one or two million. */
export const maxBodyLength: number = 16 * 1024 * 1024;

/**
 * Undoes the `content-encoding` of a body, as far as a cut one has arrived.
 *
 * @returns undefined when the encoding is unknown, the body damaged or too large
 */
export function decodedBody(
  chunks: readonly Uint8Array[],
  contentEncoding: string,
): Buffer | undefined {
  const length = chunks.reduce((total, chunk) => total + chunk.byteLength, 0);
  if (length > maxBodyLength) return undefined;
  let body: Buffer | undefined = Buffer.concat(chunks);
  // Named in the order in which they were applied.
  for (const encoding of contentEncoding.toLowerCase().split(',').reverse()) {
    body = body && undo(encoding.trim(), body);
  }
  return body;
}

function undo(encoding: string, body: Buffer): Buffer | undefined {
  if (body.length === 0) return body;
  try {
    return decompress(encoding, body);
  } catch {
    // fetch() undoes the encoding and leaves the header.
    return isText(body) ? body : undefined;
  }
}

function decompress(encoding: string, body: Buffer): Buffer | undefined {
  const { constants } = zlib;
  const deflated = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: maxBodyLength };
  switch (encoding) {
    case '':
    case 'identity':
      return body;
    case 'gzip':
    case 'x-gzip':
      return zlib.gunzipSync(body, deflated);
    case 'deflate':
      // Some servers leave out the zlib header, whose first byte ends in 8.
      return body.readUInt8(0) % 16 === 8
        ? zlib.inflateSync(body, deflated)
        : zlib.inflateRawSync(body, deflated);
    case 'br':
      return zlib.brotliDecompressSync(body, {
        finishFlush: constants.BROTLI_OPERATION_FLUSH,
        maxOutputLength: maxBodyLength,
      });
    case 'zstd':
      // Node has it since 22.15; an import by name would fail before.
      return zlib.zstdDecompressSync?.(body, {
        finishFlush: constants.ZSTD_e_flush,
        maxOutputLength: maxBodyLength,
      });
    default:
      return undefined;
  }
}

/** Whether a body begins like JSON or like server-sent events. */
function isText(body: Buffer): boolean {
  return /^\s*(\{|\[|:|[a-z]+:)/.test(body.toString('latin1', 0, 16));
}
