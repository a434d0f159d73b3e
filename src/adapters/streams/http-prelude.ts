/** Reads the status code that `awslambda.HttpResponseStream.from()` sends before a streamed body. */

/** The runtime calls this function of the stream before the first write. */
const property = '_onBeforeFirstWrite';

type WritePart = (part: unknown) => unknown;
type WritePrelude = (this: unknown, write: WritePart, ...others: unknown[]) => unknown;

export interface HttpPrelude {
  /** Call it before a write. @returns a function to call after the write */
  readonly observe: () => () => void;
  readonly statusCode: () => number | undefined;
}

export function observeHttpPrelude(stream: object): HttpPrelude {
  let isSent = false;
  let statusCode: number | undefined;
  const onPart = (part: unknown): void => {
    isSent = true;
    if (typeof part === 'string') statusCode ??= parseStatusCode(part);
  };
  return {
    observe() {
      const writePrelude: unknown = isSent ? undefined : Reflect.get(stream, property);
      if (!isWritePrelude(writePrelude)) return () => {};
      const { '[xpander-lambda]': wrapped } = {
        '[xpander-lambda]'(this: unknown, write: WritePart, ...others: unknown[]): unknown {
          const { '[xpander-lambda]': wrappedWrite } = {
            '[xpander-lambda]'(part: unknown): unknown {
              onPart(part);
              return write(part);
            },
          };
          return Reflect.apply(writePrelude, this, [wrappedWrite, ...others]);
        },
      };
      Reflect.set(stream, property, wrapped);
      return () => {
        if (Reflect.get(stream, property) === wrapped) Reflect.set(stream, property, writePrelude);
      };
    },
    statusCode() {
      // The runtime does not call the function if the handler only calls `end()`.
      const writePrelude: unknown = isSent ? undefined : Reflect.get(stream, property);
      if (isWritePrelude(writePrelude) && isOfRuntime(writePrelude)) writePrelude(onPart);
      return statusCode;
    },
  };
}

function isWritePrelude(value: unknown): value is WritePrelude {
  return typeof value === 'function';
}

/** A function that user code has set may have side effects. */
function isOfRuntime(writePrelude: WritePrelude): boolean {
  return Function.prototype.toString.call(writePrelude).includes('metadataPrelude');
}

function parseStatusCode(prelude: string): number | undefined {
  try {
    return Number(JSON.parse(prelude)?.statusCode) || undefined;
  } catch {
    return undefined;
  }
}
