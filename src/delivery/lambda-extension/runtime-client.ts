/**
 * Observes Lambda's runtime client: what it posts for each request, and when it asks for events.
 *
 * Lambda relies on the same calls, so they decide what a report contains and how long the
 * environment is held.
 *
 * The client posts responses and asks for events with three functions of its native part, which
 * `require` has cached. Each is replaced by a function that calls the original and notifies us.
 */
import { isManagedInstance } from '../../base/managed-instance.ts';
import { within } from '../../base/within.ts';
import type { Environment } from '../../config/environment.ts';
import { sharedFreezes } from '../execution-environment/freezes.ts';
import type { InvokeEvent } from './extensions-api.ts';
import { type Handover, handoverOf, readError } from './handover.ts';
import { findNativeClient, followed, type NativeClient, type NextEvent } from './native-client.ts';
import { type RuntimeEvent, readEvent } from './runtime-event.ts';

export interface RuntimeClient {
  /** The event that the runtime handles; undefined if its request id is not `requestId`. */
  readonly current: (requestId?: string) => RuntimeEvent | undefined;
  /**
   * Watches one request until the runtime asks for another event.
   *
   * @returns a function that stops watching
   */
  readonly watch: (requestId: string | undefined, watcher: RequestWatcher) => () => void;
  /** Resolves when the runtime has asked for another event after this one. Never rejects. */
  readonly finished: (event: InvokeEvent) => Promise<void>;
  /** Resolves when the runtime handles no event. Never rejects. */
  readonly idle: () => Promise<void>;
  /**
   * Delays the runtime's next request for an event until `work` has resolved or `limitMs` have
   * passed. Delaying the first request extends init.
   */
  readonly delayNextEvent: (work: Promise<unknown>, limitMs: number) => void;
  /** Whether the runtime has asked for its first event. */
  readonly hasAsked: () => boolean;
}

/** Callbacks for one request. They must not throw. */
export interface RequestWatcher {
  /**
   * The runtime has posted the response or the error. Lambda refuses it after the deadline; before
   * that, the caller is certain to receive it.
   *
   * @param postedAt - when posting began, on the clock of `monotonicMs()`. @default now
   */
  readonly handedOver: (handover: Handover, postedAt?: number) => void;
  /** The runtime asks for its next event, whether or not it has posted anything for this one. */
  readonly finished: () => void;
}

// On the global object: several copies of this package in one process observe the client once.
const key = Symbol.for('xpander-lambda.runtime-client.1');
const shared: Partial<Record<symbol, RuntimeClient>> = globalThis;

/** The observed client; undefined outside Lambda, and where the runtime has another client. */
export function observeRuntimeClient(environment: Environment): RuntimeClient | undefined {
  if (!environment['AWS_LAMBDA_RUNTIME_API']) return undefined;
  // This client asks for events with `node:http`, which we do not observe.
  if (environment['AWS_LAMBDA_NODEJS_USE_ALTERNATIVE_CLIENT_1'] === 'true') return undefined;
  if (shared[key] === undefined) {
    const native = findNativeClient();
    // On Managed Instances the runtime asks for events while it handles others.
    const isConcurrent = isManagedInstance(environment);
    if (native !== undefined) shared[key] = observe(native, isConcurrent);
  }
  return shared[key];
}

function observe(native: NativeClient, isConcurrent: boolean): RuntimeClient {
  const watchers = new Map<string, Set<RequestWatcher>>();
  let current: RuntimeEvent | undefined;
  let last: InvokeEvent | undefined;
  let waiting: (() => void)[] = [];
  let beforeNext: Promise<unknown> | undefined;
  let hasAsked = false;

  const handOver = (requestId: string, handover: Handover, postedAt: number): void => {
    const id = decodeURIComponent(requestId);
    for (const watcher of watchers.get(id) ?? [])
      contain(() => watcher.handedOver(handover, postedAt));
    if (isConcurrent) watchers.delete(id);
  };

  const finish = (): void => {
    hasAsked = true;
    if (isConcurrent) return;
    const finished = [...watchers.values()];
    watchers.clear();
    for (const ofRequest of finished) {
      for (const watcher of ofRequest) contain(() => watcher.finished());
    }
    last = current ?? last;
    current = undefined;
    for (const resolve of waiting) resolve();
    waiting = [];
  };

  const nextFinish = (): Promise<void> => new Promise((resolve) => void waiting.push(resolve));

  // If the runtime handles several events at once, the environment is never frozen.
  const participant = isConcurrent ? undefined : sharedFreezes().join();
  const { next, done, error } = native;
  const ask = (): Promise<NextEvent> => {
    contain(() => participant?.asks());
    const asked = next.call(native);
    asked.then(
      (event) => {
        participant?.gotEvent();
        if (!isConcurrent) current = readEvent(event);
      },
      // The runtime receives the same rejection.
      ignore,
    );
    return asked;
  };
  native.next = () => {
    contain(finish);
    if (beforeNext === undefined) return ask();
    const delayed = beforeNext.then(ask);
    beforeNext = undefined;
    return delayed;
  };
  native.done = followed(native, done, (requestId, body, postedAt) =>
    contain(() => handOver(requestId, handoverOf(body), postedAt)),
  );
  native.error = followed(native, error, (requestId, body, postedAt) =>
    contain(() => handOver(requestId, { kind: 'error', error: readError(body) }, postedAt)),
  );

  return {
    current: (requestId = current?.requestId) =>
      current?.requestId === requestId ? current : undefined,
    watch(requestId, watcher) {
      if (requestId === undefined) return ignore;
      const ofRequest = watchers.get(requestId) ?? new Set();
      watchers.set(requestId, ofRequest.add(watcher));
      return () => void ofRequest.delete(watcher);
    },
    finished(event) {
      return last !== undefined && isSame(last, event) ? Promise.resolve() : nextFinish();
    },
    idle: () => (current === undefined ? Promise.resolve() : nextFinish()),
    hasAsked: () => hasAsked,
    delayNextEvent(work, limitMs) {
      // The timer keeps the process alive, which has nothing else to do without an event.
      beforeNext = Promise.all([beforeNext, within(limitMs, work.catch(ignore))]);
    },
  };
}

/** A retry of an asynchronous event has the same request id and another deadline. */
function isSame(one: InvokeEvent, other: InvokeEvent): boolean {
  return one.requestId === other.requestId && Math.abs(one.deadlineMs - other.deadlineMs) < 1_000;
}

/** Runs our code so that its errors do not reach the runtime. */
function contain(work: () => void): void {
  try {
    work();
  } catch {
    // Each watcher logs its own errors. Others come from an unreadable error body or request id.
  }
}

function ignore(): void {}
