/**
 * Tells when Lambda may freeze this environment, and how often it may have done so: by the events
 * that it hands over, not by a clock. While the environment is frozen, another one may repeat its
 * invocations.
 */

export interface Freezes {
  /** How often the environment may have been frozen before what happens now. */
  readonly count: () => number;
  /** Whether it may be frozen at any moment: all that Lambda waits for has asked for the next event. */
  readonly isImminent: () => boolean;
  /** Aborted when it may be frozen. Nothing is sent under an aborted signal. */
  readonly signal: () => AbortSignal;
  /** Takes part in what Lambda waits for. */
  readonly join: () => Participant;
  /** A task has begun where nobody observes the runtime. Another request id is another event. */
  readonly taskBegan: (requestId: string) => void;
  /** Lambda ends the environment: it runs, and is not frozen any more. */
  readonly thawed: () => void;
  /** Lambda resets the environment in the middle of an invocation: it was not frozen. */
  readonly wasReset: () => void;
}

/** The runtime, or an extension. */
export interface Participant {
  /** It asks for its next event. */
  readonly asks: () => void;
  /** It got one. */
  readonly gotEvent: () => void;
}

// On the global object: several copies of this package in one process have one environment.
const key = Symbol.for('xpander-lambda.freezes.1');
const shared: Partial<Record<symbol, Freezes>> = globalThis;

/** Those of this process. */
export function sharedFreezes(): Freezes {
  shared[key] ??= createFreezes();
  return shared[key];
}

export function createFreezes(): Freezes {
  const participants = new Set<object>();
  const waiting = new Set<object>();
  let count = 0;
  let isImminent = false;
  let lastRequestId: string | undefined;
  // Created on demand: most processes start without sending anything.
  let controller: AbortController | undefined;

  const raise = (): void => {
    count += 1;
    controller?.abort(new DOMException('The environment may be frozen.', 'AbortError'));
    controller = undefined;
  };
  const thawed = (): void => {
    if (isImminent) controller = undefined;
    isImminent = false;
  };

  return {
    count: () => count,
    isImminent: () => isImminent,
    signal() {
      controller ??= new AbortController();
      if (isImminent) controller.abort();
      return controller.signal;
    },
    join() {
      const self = {};
      participants.add(self);
      return {
        asks() {
          waiting.add(self);
          if (isImminent || waiting.size < participants.size) return;
          isImminent = true;
          raise();
        },
        gotEvent() {
          waiting.delete(self);
          thawed();
        },
      };
    },
    taskBegan(requestId) {
      if (lastRequestId !== undefined && lastRequestId !== requestId) raise();
      lastRequestId = requestId;
    },
    thawed,
    wasReset() {
      if (isImminent) count -= 1;
      thawed();
    },
  };
}
