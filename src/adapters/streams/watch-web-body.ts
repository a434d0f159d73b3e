/** Watches a web stream. Its state is private, so another stream takes its place. */
import type { BodyWatcher, WatchedBody } from './watched-body.ts';

/** A stream that reads the source when, and only when, it is read itself. */
export function watchWebBody(
  source: ReadableStream,
  { see, end }: BodyWatcher,
): WatchedBody<ReadableStream> {
  const reader = source.getReader();
  let isRead = false;
  // The names keep these functions out of stack traces, asynchronous ones included.
  const { '[xpander-lambda]': pull } = {
    async '[xpander-lambda]'(controller: ReadableStreamDefaultController<unknown>): Promise<void> {
      isRead = true;
      const { done, value } = await reader.read().catch(broken);
      if (!done) {
        see(value);
        controller.enqueue(value);
        return;
      }
      await end();
      controller.close();
    },
  };
  const { '[xpander-lambda]': broken } = {
    async '[xpander-lambda]'(error: unknown): Promise<never> {
      await end({ value: error });
      throw error;
    },
  };
  const cancel = (reason: unknown): Promise<void> => {
    isRead = true;
    void end({ value: reason });
    return reader.cancel(reason);
  };
  // Without a queue of its own nothing is pulled before somebody reads.
  const body = new ReadableStream<unknown>({ pull, cancel }, { highWaterMark: 0 });
  return { body, isRead: () => isRead };
}
