/** Observes a Node.js stream in place through the events that it emits while it is read. */
import type { Readable } from 'node:stream';
import type { Thrown } from '../../invocation/outcome.ts';
import type { BodyObserver, ObservedBody } from './observed-body.ts';

/** Adds no listeners and does not start to read the stream. */
export function observeNodeBody(
  source: Readable,
  { onChunk, onEnd }: BodyObserver,
): ObservedBody<Readable> {
  const { emit } = source;
  let isEnded = false;
  let wait: Promise<void> | undefined;
  const heldEvents: unknown[][] = [];
  const release = (): void => {
    wait = undefined;
    for (const parameters of heldEvents.splice(0)) Reflect.apply(emit, source, parameters);
  };
  const finish = (thrown?: Thrown): void => {
    if (isEnded) return;
    isEnded = true;
    const ending = onEnd(thrown);
    if (thrown !== undefined || ending === undefined) return;
    wait = ending;
    void ending.then(release);
  };
  const { '[xpander-lambda]': wrapped } = {
    '[xpander-lambda]'(this: unknown, ...parameters: unknown[]): unknown {
      const [event, value] = parameters;
      if (event === 'data') onChunk(value);
      if (event === 'end') finish();
      if (event === 'error') finish({ value });
      if (event === 'close') finish({ value: new Error(closedEarly) });
      // 'close' must not overtake a held 'end'.
      const isHeld = wait !== undefined && (event === 'end' || event === 'close');
      return isHeld ? heldEvents.push(parameters) > 0 : Reflect.apply(emit, this, parameters);
    },
  };
  Object.defineProperty(wrapped, 'name', { get: () => emit.name, configurable: true });
  Object.defineProperty(wrapped, 'length', { value: emit.length, configurable: true });
  Reflect.defineProperty(source, 'emit', {
    value: wrapped,
    configurable: true,
    enumerable: false,
    writable: true,
  });
  return { body: source, isRead: () => source.readableFlowing !== null || source.destroyed };
}

const closedEarly = 'The response stream was closed before it had ended.';
