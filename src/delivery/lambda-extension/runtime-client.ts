/**
 * Observes Lambda's runtime client in this process: what it hands over for each request, and when it
 * asks for the next event. That is what Lambda itself goes by, so it decides what a report says and
 * how long the environment is held.
 *
 * The client posts responses and asks for events by three functions of its native part, which
 * `require` has cached. Each is replaced by one that calls it and then notifies us.
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
  /** The event that it handles, unless that is another one than is asked for. */
  readonly current: (requestId?: string) => RuntimeEvent | undefined;
  /**
   * Watches one request until the runtime asks for another event.
   *
   * @returns stops it
   */
  readonly watch: (requestId: string | undefined, watcher: RequestWatcher) => () => void;
  /** Resolves when the runtime has asked for another event after this one. Never rejects. */
  readonly finished: (event: InvokeEvent) => Promise<void>;
  /** Resolves when it handles no event. Never rejects. */
  readonly idle: () => Promise<void>;
  /**
   * Lets the runtime ask for its next event only when this has resolved or `limitMs` have passed:
   * before the first one, init is not over.
   */
  readonly delayNextEvent: (work: Promise<unknown>, limitMs: number) => void;
  /** Whether it has asked for one. */
  readonly hasAsked: () => boolean;
}

/** Its functions must not throw. */
export interface RequestWatcher {
  /**
   * The runtime has posted the response or the error. Lambda refuses what comes after the deadline;
   * otherwise what the caller gets is certain.
   *
   * @param postedAt - when it began, on the clock of `monotonicMs()`. @default now
   */
  readonly handedOver: (handover: Handover, postedAt?: number) => void;
  /** The runtime asks for its next event, whatever has become of this one. */
  readonly finished: () => void;
}

// On the global object: several copies of this package in one process observe the client once.
const key = Symbol.for('xpander-lambda.runtime-client.1');
const shared: Partial<Record<symbol, RuntimeClient>> = globalThis;

/** The observed client; undefined off Lambda, and where the runtime has another one. */
export function observeRuntimeClient(environment: Environment): RuntimeClient | undefined {
  if (!environment['AWS_LAMBDA_RUNTIME_API']) return undefined;
  // Then the client asks for events by `node:http`, unseen.
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

  // Where it handles several events at once, the environment is never frozen.
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
      // The runtime gets the same rejection.
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
      // The timer keeps the process alive: without an event it has nothing else to do.
      beforeNext = Promise.all([beforeNext, within(limitMs, work.catch(ignore))]);
    },
  };
}

/** A retry of an asynchronous event has the same request id, and another deadline. */
function isSame(one: InvokeEvent, other: InvokeEvent): boolean {
  return one.requestId === other.requestId && Math.abs(one.deadlineMs - other.deadlineMs) < 1_000;
}

/** An error of ours must not become the runtime's. */
function contain(work: () => void): void {
  try {
    work();
  } catch {
    // Each watcher logs its own. What is left is an unreadable error body or request id.
  }
}

function ignore(): void {}
