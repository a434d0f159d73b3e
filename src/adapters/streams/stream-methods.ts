/** The `write()` and `end()` that stand in front of a response stream's own. */

import type { PlainHandler } from '../stack-frames/handler-call.ts';
import { makeRoomForOwnFrames } from '../stack-frames/stack-frame-filter.ts';
import { type RuntimeClient, writtenAs } from './chunk-json.ts';
import type { HttpPrelude } from './http-prelude.ts';
import type { TextCollector } from './text-collector.ts';

/** A stream and what is watched of it. */
export interface Watched {
  readonly stream: { readonly writableEnded?: boolean; readonly destroyed?: boolean };
  readonly client: RuntimeClient | undefined;
  readonly collector: TextCollector;
  readonly prelude: HttpPrelude;
  readonly ended: () => void;
}

type WatchMethod = (original: PlainHandler, watched: Watched) => PlainHandler;

// In both, no function of ours without the mark is on the stack while code of the user runs.

export const watchWrite: WatchMethod = (write, { stream, client, collector, prelude }) => {
  const { '[xpander-lambda]': watched } = {
    '[xpander-lambda]'(...parameters: unknown[]): unknown {
      const [chunk, encoding] = parameters;
      const as = writtenAs(chunk, client);
      const isOpen = takesMore(stream);
      const unwatchPrelude = prelude.watch();
      const restore = makeRoomForOwnFrames();
      try {
        if (as === 'json once') {
          // The runtime reads these beside the JSON.
          Reflect.get(Object(chunk), 'length');
          if (client === 3) Reflect.get(Object(chunk), 'constructor');
          try {
            parameters[0] = JSON.stringify(chunk) ?? jsonOf(() => undefined);
          } catch (error) {
            parameters[0] = jsonOf(() => {
              throw error;
            });
          }
        }
        const result = Reflect.apply(write, stream, parameters);
        if (isOpen) collector.add(as === 'json' ? JSON.stringify(chunk) : parameters[0], encoding);
        return result;
      } finally {
        restore();
        unwatchPrelude();
      }
    },
  };
  return watched;
};

export const watchEnd: WatchMethod = (end, { stream, client, collector, ended }) => {
  const { '[xpander-lambda]': watched } = {
    '[xpander-lambda]'(...parameters: unknown[]): unknown {
      const [chunk, encoding] = parameters;
      const isOpen = takesMore(stream);
      const restore = makeRoomForOwnFrames();
      try {
        const result = Reflect.apply(end, stream, parameters);
        // Version 3 of the runtime client passes on the chunk alone.
        if (isOpen) collector.add(chunk, client === 3 ? undefined : encoding);
        ended();
        return result;
      } finally {
        restore();
      }
    },
  };
  return watched;
};

/** What the runtime stringifies again in place of a chunk. */
function jsonOf(toJSON: () => unknown): object {
  Object.defineProperty(toJSON, 'name', { value: '[xpander-lambda]' });
  return { toJSON };
}

function takesMore({ writableEnded, destroyed }: Watched['stream']): boolean {
  return writableEnded !== true && destroyed !== true;
}
