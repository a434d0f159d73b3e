/** Watches a call of a handler that writes its response to a stream. */
import { isThenable } from '../base/thenable.ts';
import type { Reporter } from '../reporter/reporter.ts';
import { type HandlerCall, hideOwnFrames } from './stack-frames/stack-frame-filter.ts';
import { isResponseStream, streamClosed, watchResponseStream } from './streams/response-stream.ts';
import { rejectAfter, settledAfter, type WatchedCall } from './watched-call.ts';

export function watchStreaming(
  reporter: Reporter,
  called: HandlerCall,
  parameters: unknown[],
): WatchedCall | undefined {
  const [event, stream, context] = parameters;
  const invocation = isResponseStream(stream) ? reporter.begin(event, context) : undefined;
  if (!isResponseStream(stream) || invocation === undefined) return undefined;

  const streamed = watchResponseStream(stream, reporter.maxBytes);
  const end = (thrown?: { readonly value: unknown }): Promise<void> | undefined =>
    reporter.settled(invocation, { kind: 'stream', stream: streamed(), ...(thrown && { thrown }) });
  const finish = async (): Promise<void> => {
    // The runtime waits for the stream as well, up to the end of the invocation's time.
    await streamClosed(stream, (invocation.remainingMs() ?? 0) + 1_000);
    await end(stream.writableEnded === false ? { value: new Error(notEnded) } : undefined);
  };
  const fail = (error: unknown): Promise<void> | undefined => {
    hideOwnFrames(error, called);
    return end({ value: error });
  };

  return {
    invocation,
    parameters,
    threw: (error) => rejectAfter(fail(error), error),
    returned(value) {
      if (isThenable(value)) return settledAfter(value, finish, fail);
      void end({
        value: new Error('A streaming handler must return a promise; this one did not.'),
      });
      return value;
    },
  };
}

const notEnded = 'The response stream was closed before the handler had ended it.';
