/** A handler whose runs are watched; its caller gets exactly what it gets without the reporter. */
import { watchCallbacks } from './capture/callback-handler.ts';
import { callWithin } from './capture/current-task.ts';
import type { Invocation } from './capture/invocation.ts';
import type { Outcome } from './capture/outcome.ts';
import {
  type HandlerCall,
  hideOwnFrames,
  hideOwnFramesInCrashes,
  makeRoomForOwnFrames,
  ownFrame,
  type PlainHandler,
} from './capture/own-frames.ts';
import { isResponseStream, streamClosed, watchResponseStream } from './capture/response-stream.ts';
import type { Reporter } from './report-invocation.ts';

export function reportHandler(handler: PlainHandler, reporter: Reporter): PlainHandler {
  // As the runtime, which looks once; but a mark may still be put on ours.
  const streams = isStreaming(handler);
  const reported = function (this: unknown, ...parameters: unknown[]): unknown {
    const called = { handler, receiver: this, reported };
    hideOwnFramesInCrashes(called);
    return streams || isStreaming(reported)
      ? runStreaming(reporter, called, parameters)
      : runBuffered(reporter, called, parameters);
  };
  return resemble(reported, handler);
}

function runBuffered(reporter: Reporter, called: HandlerCall, parameters: unknown[]): unknown {
  const invocation = reporter.begin(parameters[0], parameters[1]);
  if (invocation === undefined) return Reflect.apply(called.handler, called.receiver, parameters);

  const end = (outcome: Outcome, answered?: Promise<void>): Promise<void> | undefined => {
    if (outcome.kind === 'failure') hideOwnFrames(outcome.thrown.value, called);
    return reporter.end(invocation, outcome, answered);
  };
  const callbacks = reporter.contain(() => watchCallbacks(parameters, end));
  /** What the handler's promise comes to counts unless it has answered in another way. */
  const settle = (outcome: Outcome): Promise<void> | undefined =>
    callbacks?.called() ? undefined : end(outcome);
  const respond = <T>(value: T): T | Promise<T> => {
    const wait = settle({ kind: 'response', value });
    callbacks?.hearNoMore();
    return wait ? wait.then(() => value) : value;
  };
  const fail = (error: unknown): Promise<never> => {
    const wait = settle({ kind: 'failure', thrown: { value: error } });
    callbacks?.hearNoMore();
    return rejectAfter(wait, error);
  };
  const call = callHandler(invocation, called, callbacks?.parameters ?? parameters);
  if (callbacks === undefined) {
    if (call.kind === 'threw') return fail(call.error);
    return Promise.resolve(call.returned).then(respond, fail);
  }
  // With callbacks the first answer counts, and a value without a promise is none.
  if (callbacks.called()) {
    if (call.kind === 'threw') throw call.error;
    return call.returned;
  }
  if (call.kind === 'threw' || isThenable(call.returned)) callbacks.stepAside();
  if (call.kind === 'threw') return fail(call.error);
  if (isThenable(call.returned)) return Promise.resolve(call.returned).then(respond, fail);
  callbacks.awaitAnswer();
  return call.returned;
}
ownFrame(runBuffered);

function runStreaming(reporter: Reporter, called: HandlerCall, parameters: unknown[]): unknown {
  const [event, stream, context] = parameters;
  const invocation = isResponseStream(stream) ? reporter.begin(event, context) : undefined;
  if (!isResponseStream(stream) || invocation === undefined) {
    return Reflect.apply(called.handler, called.receiver, parameters);
  }

  const streamed = watchResponseStream(stream, reporter.maxBytes);
  const end = (thrown?: { readonly value: unknown }): Promise<void> | undefined =>
    reporter.end(invocation, { kind: 'stream', stream: streamed(), ...(thrown && { thrown }) });
  const finish = async <T>(value: T): Promise<T> => {
    // The runtime waits for the stream as well.
    await streamClosed(stream, invocation.remainingMs() ?? 1_000);
    await end(stream.writableEnded === false ? { value: new Error(notEnded) } : undefined);
    return value;
  };
  const fail = (error: unknown): Promise<never> => {
    hideOwnFrames(error, called);
    return rejectAfter(end({ value: error }), error);
  };
  const call = callHandler(invocation, called, parameters);
  if (call.kind === 'threw') return fail(call.error);
  if (isThenable(call.returned)) return Promise.resolve(call.returned).then(finish, fail);
  void end({ value: new Error('A streaming handler must return a promise; this one did not.') });
  return call.returned;
}
ownFrame(runStreaming);

const notEnded = 'The response stream was closed before the handler had ended it.';

type Call =
  | { readonly kind: 'returned'; readonly returned: unknown }
  | { readonly kind: 'threw'; readonly error: unknown };

function callHandler(
  invocation: Invocation,
  { handler, receiver }: HandlerCall,
  parameters: readonly unknown[],
): Call {
  const restore = makeRoomForOwnFrames();
  try {
    // A handler need not have a method of that name.
    const bound: PlainHandler = Reflect.apply(Function.prototype.bind, handler, [receiver]);
    return { kind: 'returned', returned: callWithin(invocation, bound, parameters) };
  } catch (error) {
    return { kind: 'threw', error };
  } finally {
    restore();
  }
}
ownFrame(callHandler);

async function rejectAfter(wait: Promise<void> | undefined, error: unknown): Promise<never> {
  await wait;
  throw error;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  try {
    return 'then' in value && typeof value.then === 'function';
  } catch {
    // Whoever awaits it meets the same error, and then it is the handler's.
    return true;
  }
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
    if (property === undefined || key === 'prototype') continue;
    if (typeof key === 'string' && typeof property.value === 'function') continue;
    Object.defineProperty(reported, key, property);
  }
  return reported;
}
