/** Watches a call of a handler that returns its response, or passes it to a callback. */
import { adopt, followPromise, hasThen, isPlainPromise, isThenable } from '../base/thenable.ts';
import type { Outcome } from '../invocation/outcome.ts';
import type { Reporter } from '../reporter/reporter.ts';
import { watchCallbacks } from './callbacks.ts';
import { type HandlerCall, hideOwnFrames } from './stack-frames/stack-frame-filter.ts';
import { rejectAfter, settledAfter, type WatchedCall } from './watched-call.ts';

export function watchBuffered(
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
