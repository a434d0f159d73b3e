/** Wraps the `write()` and `end()` of a response stream. */

import type { PlainHandler } from '../stack-frames/handler-call.ts';
import { raiseStackTraceLimit } from '../stack-frames/stack-frame-filter.ts';
import { type RuntimeClient, serializationOf } from './chunk-serialization.ts';
import type { HttpPrelude } from './http-prelude.ts';
import type { TextCollector } from './text-collector.ts';

/** A stream and what observes it. */
export interface ObservedStream {
  readonly stream: { readonly writableEnded?: boolean; readonly destroyed?: boolean };
  readonly client: RuntimeClient | undefined;
  readonly collector: TextCollector;
  readonly prelude: HttpPrelude;
  readonly onEnd: () => void;
}

type WrapMethod = (original: PlainHandler, observed: ObservedStream) => PlainHandler;

// While user code runs, every function of ours on the stack must have the mark as its name.

export const wrapWrite: WrapMethod = (write, { stream, client, collector, prelude }) => {
  const { '[xpander-lambda]': wrapped } = {
    '[xpander-lambda]'(...parameters: unknown[]): unknown {
      const [chunk, encoding] = parameters;
      const serialization = serializationOf(chunk, client);
      const wasOpen = isOpen(stream);
      const restorePrelude = prelude.observe();
      const restoreLimit = raiseStackTraceLimit();
      try {
        if (serialization === 'json-once') {
          // The runtime reads these in addition to the JSON.
          Reflect.get(Object(chunk), 'length');
          if (client === 3) Reflect.get(Object(chunk), 'constructor');
          try {
            parameters[0] = JSON.stringify(chunk) ?? withToJson(() => undefined);
          } catch (error) {
            parameters[0] = withToJson(() => {
              throw error;
            });
          }
        }
        const result = Reflect.apply(write, stream, parameters);
        if (wasOpen) {
          collector.add(serialization === 'json' ? JSON.stringify(chunk) : parameters[0], encoding);
        }
        return result;
      } finally {
        restoreLimit();
        restorePrelude();
      }
    },
  };
  return wrapped;
};

export const wrapEnd: WrapMethod = (end, { stream, client, collector, onEnd }) => {
  const { '[xpander-lambda]': wrapped } = {
    '[xpander-lambda]'(...parameters: unknown[]): unknown {
      const [chunk, encoding] = parameters;
      const wasOpen = isOpen(stream);
      const restoreLimit = raiseStackTraceLimit();
      try {
        const result = Reflect.apply(end, stream, parameters);
        // Version 3 of the runtime client ignores the encoding.
        if (wasOpen) collector.add(chunk, client === 3 ? undefined : encoding);
        onEnd();
        return result;
      } finally {
        restoreLimit();
      }
    },
  };
  return wrapped;
};

/** An object that the runtime stringifies in place of the chunk, with the same result. */
function withToJson(toJSON: () => unknown): object {
  Object.defineProperty(toJSON, 'name', { value: '[xpander-lambda]' });
  return { toJSON };
}

function isOpen({ writableEnded, destroyed }: ObservedStream['stream']): boolean {
  return writableEnded !== true && destroyed !== true;
}
