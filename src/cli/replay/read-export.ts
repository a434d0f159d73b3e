import { open } from 'node:fs/promises';
import { addAbortSignal, pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { errorCode } from '../../base/error-code.ts';
import { ConfigurationError } from '../../errors.ts';

const chunkBytes = 256 * 1024;

/**
 * The text of an export, piece by piece; what is compressed with gzip is unpacked.
 *
 * @param file - its path, or `-` for standard input
 * @param signal - ends the reading
 * @throws ConfigurationError when it cannot be read
 */
export async function* readExport(file: string, signal: AbortSignal): AsyncGenerator<string> {
  const source = file === '-' ? process.stdin : await openFile(file);
  addAbortSignal(signal, source);
  try {
    yield* decoded(unpacked(source));
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

async function* unpacked(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { first, all } = await peek(source);
  if (first[0] !== 0x1f || first[1] !== 0x8b) {
    yield* all;
    return;
  }
  // The iteration throws what breaks the pipeline.
  yield* pipeline(Readable.from(all), createGunzip({ chunkSize: chunkBytes }), () => {});
}

async function* decoded(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const { first, all } = await peek(source);
  // What Windows PowerShell writes when output is redirected into a file.
  const isUtf16 = first[0] === 0xff && first[1] === 0xfe;
  const decoder = new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8');
  for await (const chunk of all) {
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}

/** The first bytes, and everything with them. */
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
      return new ConfigurationError(`There is no file ${name}.`);
    case 'EISDIR':
      return new ConfigurationError(
        `${name} is a directory. Name a file, or give several one after the other: cat ${file}/* | xpander-lambda replay -`,
      );
    case 'Z_DATA_ERROR':
    case 'Z_BUF_ERROR':
      return new ConfigurationError(
        `${name} starts as gzip but is damaged or cut off. Export it again.`,
        { cause: error },
      );
    default: {
      const reason = error instanceof Error ? error.message : String(error);
      return new ConfigurationError(`${name} cannot be read: ${reason}.`, { cause: error });
    }
  }
}
