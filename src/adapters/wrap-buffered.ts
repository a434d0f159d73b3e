/** Observes one call of a handler that returns its response. */

import { adopt, followPromise, hasThen, isPlainPromise, isThenable } from '../base/thenable.ts';
import type { Outcome } from '../invocation/outcome.ts';
import type { Reporter } from '../reporter/reporter.ts';
import { observeCallbacks } from './callbacks.ts';
import { type ObservedCall, rejectAfter, settleAfter } from './observed-call.ts';
import { filterStacks, type HandlerCall } from './stack-frames/stack-frame-filter.ts';

export function observeBuffered(
  reporter: Reporter,
  call: HandlerCall,
  parameters: unknown[],
): ObservedCall | undefined {
  const invocation = reporter.begin(parameters[0], parameters[1]);
  if (invocation === undefined) return undefined;

  const settle = (outcome: Outcome): Promise<void> | undefined => {
    if (outcome.kind === 'failure') filterStacks(outcome.thrown.value, call);
    return reporter.settled(invocation, outcome);
  };
  const callbacks = reporter.contain(() => observeCallbacks(parameters, settle));
  /** The return value or error counts only if no callback was called before. */
  const settleUnlessCalled = (outcome: Outcome): Promise<void> | undefined => {
    const wait = callbacks?.isCalled() ? undefined : settle(outcome);
    callbacks?.ignoreLaterCalls();
    return wait;
  };
  const respond = (value: unknown) => settleUnlessCalled({ kind: 'response', value });
  const fail = (error: unknown) =>
    settleUnlessCalled({ kind: 'failure', thrown: { value: error } });

  return {
    invocation,
    parameters: callbacks?.parameters ?? parameters,
    onThrow(error) {
      if (callbacks?.isCalled()) throw error;
      return rejectAfter(fail(error), error);
    },
    onReturn(value) {
      if (callbacks?.isCalled()) return value;
      if (isPlainPromise(value)) {
        callbacks?.restoreForRuntime();
        invocation.isPending = true;
        if (reporter.isAwaited(invocation)) return settleAfter(value, respond, fail);
        return followPromise(value, respond, fail);
      }
      // Version 4 of the runtime client awaits any value. If the runtime decides how the task ends,
      // `then` is not read here as well: reading it may have side effects.
      const runtimeDecides = reporter.isTied(invocation) && !reporter.isAwaited(invocation);
      const isAsync =
        callbacks === undefined || runtimeDecides ? hasThen(value) : isThenable(value);
      if (isAsync) {
        callbacks?.restoreForRuntime();
        invocation.isFollowedByRuntimeOnly = runtimeDecides;
        if (runtimeDecides) return value;
        if (reporter.isAwaited(invocation)) return settleAfter(value, respond, fail);
        return followPromise(adopt(value), respond, fail);
      }
      // A runtime with callbacks ignores a value that is not a promise.
      if (callbacks !== undefined) callbacks.awaitCall();
      else if (reporter.isAwaited(invocation)) return settleAfter(value, respond, fail);
      else void respond(value);
      return value;
    },
  };
}
