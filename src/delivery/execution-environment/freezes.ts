/**
 * Tracks when, and how often, Lambda may freeze this environment.
 *
 * It relies on Lambda's events and not on a clock. While the environment is frozen, another one may
 * retry its invocations.
 */

export interface Freezes {
  /** How often the environment may have been frozen so far. */
  readonly count: () => number;
  /** Whether a freeze may begin at any moment: all participants have asked for the next event. */
  readonly isImminent: () => boolean;
  /** Aborted when a freeze may begin. Nothing is sent with an aborted signal. */
  readonly signal: () => AbortSignal;
  /** Adds a participant: Lambda waits for all of them before a freeze. */
  readonly join: () => Participant;
  /** A task has begun where the runtime is not observed. A new request id means a new event. */
  readonly taskBegan: (requestId: string) => void;
  /** Lambda ends the environment, which is running and will not be frozen again. */
  readonly thawed: () => void;
  /** Lambda resets the environment in the middle of an invocation, so it was not frozen. */
  readonly wasReset: () => void;
}

/** The runtime, or an extension. */
export interface Participant {
  /** The participant asks for its next event. */
  readonly asks: () => void;
  /** The participant has received an event. */
  readonly gotEvent: () => void;
}

// On the global object: several copies of this package in one process share one environment.
const key = Symbol.for('xpander-lambda.freezes.1');
const shared: Partial<Record<symbol, Freezes>> = globalThis;

/** Returns the instance that all copies in this process share. */
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
