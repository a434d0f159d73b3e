/** Wraps a handler so that its tasks are reported. The caller gets exactly the original response. */

import { enterInvocation } from '../invocation/current-task.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { Reporter } from '../reporter/reporter.ts';
import {
  filterCrashStacks,
  type HandlerCall,
  type PlainHandler,
  raiseStackTraceLimit,
} from './stack-frames/stack-frame-filter.ts';
import { observeBuffered } from './wrap-buffered.ts';
import { observeStreaming } from './wrap-streaming.ts';

export function wrapHandler(handler: PlainHandler, reporter: Reporter): PlainHandler {
  // The runtime reads the mark once. It may also be set on the wrapper later.
  const isStreamingHandler = isStreaming(handler);
  // The only frame of ours on the stack while the handler runs: stack-frame-filter.ts removes it by
  // this name.
  const { '[xpander-lambda]': wrapped } = {
    '[xpander-lambda]'(this: unknown, ...parameters: unknown[]): unknown {
      const handlerCall = { handler, receiver: this, wrapper: wrapped };
      const observe =
        isStreamingHandler || isStreaming(wrapped) ? observeStreaming : observeBuffered;
      const call = observe(reporter, handlerCall, parameters);
      if (call === undefined) return Reflect.apply(handler, this, parameters);
      const leave = reporter.contain(() => enter(call.invocation, handlerCall));
      let returned: unknown;
      try {
        returned = Reflect.apply(handler, this, call.parameters);
      } catch (error) {
        leave?.();
        return call.onThrow(error);
      }
      leave?.();
      const response = reporter.contain(() => ({ value: call.onReturn(returned) }));
      return response ? response.value : returned;
    },
  };
  return copyProperties(handler, wrapped);
}

function enter(invocation: Invocation, call: HandlerCall): () => void {
  filterCrashStacks(call);
  const leave = enterInvocation(invocation);
  const restoreLimit = raiseStackTraceLimit();
  return () => {
    restoreLimit();
    leave();
  };
}

const streamingMark = Symbol.for('aws.lambda.runtime.handler.streaming');

function isStreaming(handler: object): boolean {
  return Boolean(Reflect.get(handler, streamingMark));
}

/**
 * Copies what Lambda and other tools read from a handler: its name, its number of parameters (Node.js
 * 24 rejects three) and its streaming mark. Methods are not copied: those of a Middy stack return the
 * stack without the reporter.
 */
function copyProperties(handler: PlainHandler, wrapped: PlainHandler): PlainHandler {
  for (const key of Reflect.ownKeys(handler)) {
    const property = Object.getOwnPropertyDescriptor(handler, key);
    if (property === undefined || key === 'prototype' || key === 'name') continue;
    if (typeof key === 'string' && typeof property.value === 'function') continue;
    Object.defineProperty(wrapped, key, property);
  }
  // With a getter V8 shows the name of the function's source in stacks, which the filter needs.
  Object.defineProperty(wrapped, 'name', { get: () => handler.name, configurable: true });
  return wrapped;
}
