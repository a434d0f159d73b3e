/** A handler whose runs are watched; its caller gets exactly what it gets without the reporter. */

import { enterInvocation } from '../invocation/current-task.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { Reporter } from '../reporter/reporter.ts';
import {
  type HandlerCall,
  hideOwnFramesInCrashes,
  makeRoomForOwnFrames,
  type PlainHandler,
} from './stack-frames/stack-frame-filter.ts';
import { watchBuffered } from './wrap-buffered.ts';
import { watchStreaming } from './wrap-streaming.ts';

export function reportHandler(handler: PlainHandler, reporter: Reporter): PlainHandler {
  // As the runtime, which looks once; but a mark may still be put on ours.
  const streams = isStreaming(handler);
  // The only frame of ours that is on the stack while the handler runs: own-frames.ts knows its name.
  const { '[xpander-lambda]': reported } = {
    '[xpander-lambda]'(this: unknown, ...parameters: unknown[]): unknown {
      const called = { handler, receiver: this, reported };
      const watch = streams || isStreaming(reported) ? watchStreaming : watchBuffered;
      const call = watch(reporter, called, parameters);
      if (call === undefined) return Reflect.apply(handler, this, parameters);
      const leave = reporter.contain(() => enter(call.invocation, called));
      let returned: unknown;
      try {
        returned = Reflect.apply(handler, this, call.parameters);
      } catch (error) {
        leave?.();
        return call.threw(error);
      }
      leave?.();
      const response = reporter.contain(() => ({ value: call.returned(returned) }));
      return response ? response.value : returned;
    },
  };
  return resemble(reported, handler);
}

function enter(invocation: Invocation, called: HandlerCall): () => void {
  hideOwnFramesInCrashes(called);
  const leave = enterInvocation(invocation);
  const restore = makeRoomForOwnFrames();
  return () => {
    restore();
    leave();
  };
}

const streamingMark = Symbol.for('aws.lambda.runtime.handler.streaming');

function isStreaming(handler: object): boolean {
  return Boolean(Reflect.get(handler, streamingMark));
}

/**
 * Gives the exported function what Lambda and others read from the handler: its name, how many
 * parameters it declares (Node 24 refuses three), the marks of streaming. Methods are left out:
 * those of a Middy stack return the stack, without the reporter around it.
 */
function resemble(reported: PlainHandler, handler: PlainHandler): PlainHandler {
  for (const key of Reflect.ownKeys(handler)) {
    const property = Object.getOwnPropertyDescriptor(handler, key);
    if (property === undefined || key === 'prototype' || key === 'name') continue;
    if (typeof key === 'string' && typeof property.value === 'function') continue;
    Object.defineProperty(reported, key, property);
  }
  // No plain property: see above.
  Object.defineProperty(reported, 'name', { get: () => handler.name, configurable: true });
  return reported;
}
