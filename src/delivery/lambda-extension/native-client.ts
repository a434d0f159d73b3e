/** Finds the native part of the runtime client in this process, and wraps its functions. */
import { createRequire } from 'node:module';
import { monotonicMs } from '../../base/clock.ts';

/** The native part of `aws-lambda-ric`, versions 3 and 4. */
export interface NativeClient {
  next: () => Promise<NextEvent>;
  done: (requestId: string, body: string) => unknown;
  error: (requestId: string, body: string, xrayCause: string) => unknown;
}

export interface NextEvent {
  readonly bodyJson?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
}

export function findNativeClient(): NativeClient | undefined {
  // Any path works: all `require` functions of a process share one cache.
  const { cache } = createRequire(process.execPath);
  for (const file in cache) {
    if (!file.includes('rapid-client')) continue;
    const exported: unknown = cache[file]?.exports;
    if (isNativeClient(exported)) return exported;
  }
  return undefined;
}

function isNativeClient(value: unknown): value is NativeClient {
  if (typeof value !== 'object' || value === null) return false;
  return ['next', 'done', 'error'].every((name) => typeof Reflect.get(value, name) === 'function');
}

type Post = (requestId: string, body: string, ...others: never[]) => unknown;

const mark = '[xpander-lambda]';

/**
 * Wraps a function so that `after` is called when the native part has posted. The native part
 * throws if the body is not a string, and the runtime reports and logs that error. Its stack must
 * not contain a frame of ours.
 */
export function followed<P extends Post>(
  native: NativeClient,
  post: P,
  after: (requestId: string, body: string, postedAt: number) => void,
): P {
  const { [mark]: own } = {
    [mark](...given: Parameters<P>): unknown {
      const postedAt = monotonicMs();
      let result: unknown;
      try {
        result = Reflect.apply(post, native, given);
      } catch (thrown) {
        if (thrown instanceof Error) thrown.stack = withoutMarkedLine(thrown.stack ?? '');
        throw thrown;
      }
      const [requestId, body] = given;
      after(requestId, body, postedAt);
      return result;
    },
  };
  return own as P;
}

function withoutMarkedLine(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => !line.includes(mark))
    .join('\n');
}
