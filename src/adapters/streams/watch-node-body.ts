/** Watches a Node.js stream in place, by the events that it emits while it is read. */
import type { Readable } from 'node:stream';
import type { BodyWatcher, WatchedBody } from './watched-body.ts';

/** Adds no listener that others could see, and does not read the stream before its reader does. */
export function watchNodeBody(source: Readable, { see, end }: BodyWatcher): WatchedBody<Readable> {
  const { emit } = source;
  let isOver = false;
  let wait: Promise<void> | undefined;
  const held: unknown[][] = [];
  const release = (): void => {
    wait = undefined;
    for (const parameters of held.splice(0)) Reflect.apply(emit, source, parameters);
  };
  const finish = (thrown?: { readonly value: unknown }): void => {
    if (isOver) return;
    isOver = true;
    const ending = end(thrown);
    if (thrown !== undefined || ending === undefined) return;
    wait = ending;
    void ending.then(release);
  };
  const { '[xpander-lambda]': watched } = {
    '[xpander-lambda]'(this: unknown, ...parameters: unknown[]): unknown {
      const [event, value] = parameters;
      if (event === 'data') see(value);
      if (event === 'end') finish();
      if (event === 'error') finish({ value });
      if (event === 'close') finish({ value: new Error(closedEarly) });
      // The end waits, and so does what follows it.
      const isHeld = wait !== undefined && (event === 'end' || event === 'close');
      return isHeld ? held.push(parameters) > 0 : Reflect.apply(emit, this, parameters);
    },
  };
  Object.defineProperty(watched, 'name', { get: () => emit.name, configurable: true });
  Object.defineProperty(watched, 'length', { value: emit.length, configurable: true });
  Reflect.defineProperty(source, 'emit', {
    value: watched,
    configurable: true,
    enumerable: false,
    writable: true,
  });
  return { body: source, isRead: () => source.readableFlowing !== null || source.destroyed };
}

const closedEarly = 'The response stream was closed before it had ended.';
