/** Reads the status that `awslambda.HttpResponseStream.from()` sends in front of a streamed body. */

/** Its function is stored on the stream and called by the runtime before the first write. */
const property = '_onBeforeFirstWrite';

type WritePart = (part: unknown) => unknown;
type WritePrelude = (this: unknown, write: WritePart, ...others: unknown[]) => unknown;

export interface HttpPrelude {
  /** To be called before a write. @returns a function to be called after it */
  readonly watch: () => () => void;
  readonly status: () => number | undefined;
}

export function watchHttpPrelude(stream: object): HttpPrelude {
  let isSent = false;
  let status: number | undefined;
  const see = (part: unknown): void => {
    isSent = true;
    if (typeof part === 'string') status ??= statusIn(part);
  };
  return {
    watch() {
      const writePrelude: unknown = isSent ? undefined : Reflect.get(stream, property);
      if (!isWritePrelude(writePrelude)) return () => {};
      const { '[xpander-lambda]': watched } = {
        '[xpander-lambda]'(this: unknown, write: WritePart, ...others: unknown[]): unknown {
          const { '[xpander-lambda]': seen } = {
            '[xpander-lambda]'(part: unknown): unknown {
              see(part);
              return write(part);
            },
          };
          return Reflect.apply(writePrelude, this, [seen, ...others]);
        },
      };
      Reflect.set(stream, property, watched);
      return () => {
        if (Reflect.get(stream, property) === watched) Reflect.set(stream, property, writePrelude);
      };
    },
    status() {
      // The runtime never calls it where a response consists of `end()` alone.
      const writePrelude: unknown = isSent ? undefined : Reflect.get(stream, property);
      if (isWritePrelude(writePrelude) && isOfRuntime(writePrelude)) writePrelude(see);
      return status;
    },
  };
}

function isWritePrelude(value: unknown): value is WritePrelude {
  return typeof value === 'function';
}

/** One that somebody has made by hand may have effects. */
function isOfRuntime(writePrelude: WritePrelude): boolean {
  return Function.prototype.toString.call(writePrelude).includes('metadataPrelude');
}

function statusIn(prelude: string): number | undefined {
  try {
    return Number(JSON.parse(prelude)?.statusCode) || undefined;
  } catch {
    return undefined;
  }
}
