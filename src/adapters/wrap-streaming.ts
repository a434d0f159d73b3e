/** Observes one call of a handler that streams its response. */

import { isThenable } from '../base/thenable.ts';
import type { Thrown } from '../invocation/outcome.ts';
import type { Reporter } from '../reporter/reporter.ts';
import { type ObservedCall, rejectAfter, settleAfter } from './observed-call.ts';
import { filterStacks, type HandlerCall } from './stack-frames/stack-frame-filter.ts';
import {
  isResponseStream,
  observeResponseStream,
  streamClosed,
} from './streams/response-stream.ts';

export function observeStreaming(
  reporter: Reporter,
  call: HandlerCall,
  parameters: unknown[],
): ObservedCall | undefined {
  const [event, stream, context] = parameters;
  const invocation = isResponseStream(stream) ? reporter.begin(event, context) : undefined;
  if (!isResponseStream(stream) || invocation === undefined) return undefined;

  const streamed = observeResponseStream(stream, reporter.maxBytes);
  const settle = (thrown?: Thrown): Promise<void> | undefined =>
    reporter.settled(invocation, { kind: 'stream', stream: streamed(), ...(thrown && { thrown }) });
  const finish = async (): Promise<void> => {
    // The runtime also waits for the stream to end, up to the function's timeout.
    await streamClosed(stream, (invocation.remainingMs() ?? 0) + graceMs);
    await settle(stream.writableEnded === false ? { value: new Error(closedEarly) } : undefined);
  };
  const fail = (error: unknown): Promise<void> | undefined => {
    filterStacks(error, call);
    return settle({ value: error });
  };

  return {
    invocation,
    parameters,
    onThrow: (error) => rejectAfter(fail(error), error),
    onReturn(value) {
      if (isThenable(value)) return settleAfter(value, finish, fail);
      void settle({
        value: new Error('A streaming handler must return a promise; this one did not.'),
      });
      return value;
    },
  };
}

/** How long to wait beyond the function's timeout, and without a known timeout at all. */
const graceMs = 1_000;
const closedEarly = 'The response stream was closed before the handler had ended it.';
