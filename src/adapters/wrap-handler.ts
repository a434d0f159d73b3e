/** A handler whose runs are watched; its caller gets exactly what it gets without the reporter. */

import { adopt, followPromise, hasThen, isPlainPromise, isThenable } from '../base/thenable.ts';
import { enterInvocation } from '../invocation/current-task.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { Outcome } from '../invocation/outcome.ts';
import type { Reporter } from '../reporter/reporter.ts';
import { watchCallbacks } from './callbacks.ts';
import {
  type HandlerCall,
  hideOwnFrames,
  hideOwnFramesInCrashes,
  makeRoomForOwnFrames,
  type PlainHandler,
} from './stack-frames/stack-frame-filter.ts';
import { isResponseStream, streamClosed, watchResponseStream } from './streams/response-stream.ts';

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

/** One call of the handler. */
interface WatchedCall {
  readonly invocation: Invocation;
  readonly parameters: unknown[];
  /** What the runtime gets for what the handler has returned. */
  readonly returned: (value: unknown) => unknown;
  /** The same for what it has thrown. Throws where nothing has to wait. */
  readonly threw: (error: unknown) => Promise<never>;
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

function watchBuffered(
  reporter: Reporter,
  called: HandlerCall,
  parameters: unknown[],
): WatchedCall | undefined {
  const invocation = reporter.begin(parameters[0], parameters[1]);
  if (invocation === undefined) return undefined;

  const end = (outcome: Outcome): Promise<void> | undefined => {
    if (outcome.kind === 'failure') hideOwnFrames(outcome.thrown.value, called);
    return reporter.settled(invocation, outcome);
  };
  const callbacks = reporter.contain(() => watchCallbacks(parameters, end));
  /** What the handler's promise comes to counts unless it has answered in another way. */
  const settle = (outcome: Outcome): Promise<void> | undefined => {
    const wait = callbacks?.called() ? undefined : end(outcome);
    callbacks?.hearNoMore();
    return wait;
  };
  const respond = (value: unknown) => settle({ kind: 'response', value });
  const fail = (error: unknown) => settle({ kind: 'failure', thrown: { value: error } });

  return {
    invocation,
    parameters: callbacks?.parameters ?? parameters,
    threw(error) {
      // With callbacks the first answer counts.
      if (callbacks?.called()) throw error;
      return rejectAfter(fail(error), error);
    },
    returned(value) {
      if (callbacks?.called()) return value;
      if (isPlainPromise(value)) {
        callbacks?.stepAside();
        invocation.isPending = true;
        if (reporter.isAwaited(invocation)) return settledAfter(value, respond, fail);
        return followPromise(value, respond, fail);
      }
      // Version 4 of the runtime's client awaits whatever it gets. Where the runtime decides, what it
      // will look at is not looked at here.
      const decides = reporter.isTied(invocation) && !reporter.isAwaited(invocation);
      const isLater = callbacks === undefined || decides ? hasThen(value) : isThenable(value);
      if (isLater) {
        callbacks?.stepAside();
        invocation.isUnfollowed = decides;
        if (decides) return value;
        if (reporter.isAwaited(invocation)) return settledAfter(value, respond, fail);
        return followPromise(adopt(value), respond, fail);
      }
      // Without a promise a value is no answer.
      if (callbacks !== undefined) callbacks.awaitAnswer();
      else if (reporter.isAwaited(invocation)) return settledAfter(value, respond, fail);
      else void respond(value);
      return value;
    },
  };
}

function watchStreaming(
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

/** The same answer, when what its end has started is done. */
function settledAfter(
  value: unknown,
  respond: (value: unknown) => Promise<void> | undefined,
  fail: (error: unknown) => Promise<void> | undefined,
): Promise<unknown> {
  return adopt(value).then(
    (answer) => {
      const wait = respond(answer);
      return wait ? wait.then(() => answer) : answer;
    },
    (error) => {
      const wait = fail(error);
      if (wait === undefined) throw error;
      return rejectAfter(wait, error);
    },
  );
}

/** @throws the error where there is nothing to wait for */
function rejectAfter(wait: Promise<void> | undefined, error: unknown): Promise<never> {
  if (wait === undefined) throw error;
  return wait.then(() => Promise.reject(error));
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
