import { open } from 'node:fs/promises';
import { addAbortSignal, pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { errorCode } from '../../base/error-code.ts';
import { ConfigurationError } from '../../errors.ts';

const chunkBytes = 256 * 1024;

/**
 * Reads the text of an export in chunks. Decompresses gzip.
 *
 * @param file - a path, or `-` for standard input
 * @param signal - aborts reading
 * @throws ConfigurationError if the file cannot be read
 */
export async function* readExport(file: string, signal: AbortSignal): AsyncGenerator<string> {
  const source = file === '-' ? process.stdin : await openFile(file);
  addAbortSignal(signal, source);
  try {
    yield* decode(decompress(source));
  } catch (error) {
    throw signal.aborted ? error : unreadable(file, error);
  } finally {
    source.destroy();
  }
}

async function openFile(file: string): Promise<Readable> {
  try {
    const handle = await open(file);
    if ((await handle.stat()).isDirectory()) {
      await handle.close();
      throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    }
    return handle.createReadStream({ highWaterMark: chunkBytes });
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function* decompress(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { first, all } = await peek(source);
  if (first[0] !== 0x1f || first[1] !== 0x8b) {
    yield* all;
    return;
  }
  // Errors of the pipeline are thrown by the iteration.
  yield* pipeline(Readable.from(all), createGunzip({ chunkSize: chunkBytes }), () => {});
}

async function* decode(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const { first, all } = await peek(source);
  // Windows PowerShell writes UTF-16 when output is redirected to a file.
  const isUtf16 = first[0] === 0xff && first[1] === 0xfe;
  const decoder = new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8');
  for await (const chunk of all) {
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}

/** Reads the first two bytes without consuming them. */
async function peek(
  source: AsyncIterable<Buffer>,
): Promise<{ readonly first: Buffer; readonly all: AsyncIterable<Buffer> }> {
  const chunks = source[Symbol.asyncIterator]();
  let first = Buffer.alloc(0);
  while (first.length < 2) {
    const next = await chunks.next();
    if (next.done) break;
    first = Buffer.concat([first, next.value]);
  }
  async function* all(): AsyncGenerator<Buffer> {
    yield first;
    yield* { [Symbol.asyncIterator]: () => chunks };
  }
  return { first, all: all() };
}

function unreadable(file: string, error: unknown): ConfigurationError {
  const name = file === '-' ? 'Standard input' : `"${file}"`;
  switch (errorCode(error)) {
    case 'ENOENT':
      return new ConfigurationError(`${name} does not exist.`);
    case 'EISDIR':
      return new ConfigurationError(
        `${name} is a directory. Name a file, or pipe several files: cat ${file}/* | xpander-lambda replay -`,
      );
    case 'Z_DATA_ERROR':
    case 'Z_BUF_ERROR':
      return new ConfigurationError(`${name} is damaged or truncated gzip data. Export it again.`, {
        cause: error,
      });
    default: {
      const reason = error instanceof Error ? error.message : String(error);
      return new ConfigurationError(`${name} cannot be read: ${reason}.`, { cause: error });
    }
  }
}
