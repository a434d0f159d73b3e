/** Observes a web stream by replacing it with another stream, since its state is private. */
import type { BodyObserver, ObservedBody } from './observed-body.ts';

/** @returns a stream that reads the source only when it is read itself */
export function observeWebBody(
  source: ReadableStream,
  { onChunk, onEnd }: BodyObserver,
): ObservedBody<ReadableStream> {
  const reader = source.getReader();
  let isRead = false;
  // The name keeps these functions out of stack traces, asynchronous frames included.
  const { '[xpander-lambda]': pull } = {
    async '[xpander-lambda]'(controller: ReadableStreamDefaultController<unknown>): Promise<void> {
      isRead = true;
      const { done, value } = await reader.read().catch(onError);
      if (!done) {
        onChunk(value);
        controller.enqueue(value);
        return;
      }
      await onEnd();
      controller.close();
    },
  };
  const { '[xpander-lambda]': onError } = {
    async '[xpander-lambda]'(error: unknown): Promise<never> {
      await onEnd({ value: error });
      throw error;
    },
  };
  const cancel = (reason: unknown): Promise<void> => {
    isRead = true;
    void onEnd({ value: reason });
    return reader.cancel(reason);
  };
  // With a queue, the stream would pull a chunk before it is read.
  const body = new ReadableStream<unknown>({ pull, cancel }, { highWaterMark: 0 });
  return { body, isRead: () => isRead };
}
