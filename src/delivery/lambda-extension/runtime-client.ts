/**
 * Observes Lambda's runtime client in this process: what it hands over for each request, and when it
 * asks for the next event. That is what Lambda itself goes by, so it decides what a report says and
 * how long the environment is held.
 *
 * The client posts responses and asks for events by three functions of its native part, which
 * `require` has cached. Each is replaced by one that calls it and then notifies us.
 */

import { createRequire } from 'node:module';
import { monotonicMs } from '../../base/clock.ts';
import { isManagedInstance } from '../../base/managed-instance.ts';
import { within } from '../../base/within.ts';
import type { Environment } from '../../config/environment.ts';
import { sharedFreezes } from '../execution-environment/freezes.ts';
import type { InvokeEvent } from './extensions-api.ts';

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

/** An event as the runtime got it. */
export interface RuntimeEvent extends InvokeEvent {
  /** Its JSON, if it may be the event of a durable execution; others need not be held. */
  readonly durableJson: string | undefined;
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

/** What the runtime posted for a request. */
export type Handover =
  | {
      readonly kind: 'response';
      /** As the caller gets it. */
      readonly json: string;
    }
  | { readonly kind: 'error'; readonly error: HandedError };

/** An error as the caller gets it. */
export interface HandedError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
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

/** The native part of `aws-lambda-ric`, versions 3 and 4. */
interface NativeClient {
  next: () => Promise<NextEvent>;
  done: (requestId: string, body: string) => unknown;
  error: (requestId: string, body: string, xrayCause: string) => unknown;
}

interface NextEvent {
  readonly bodyJson?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
}

function findNativeClient(): NativeClient | undefined {
  // Any place will do: all `require` functions of a process share one cache.
  const { cache } = createRequire(process.execPath);
  for (const file in cache) {
    if (!file.includes('rapid-client')) continue;
    const exported: unknown = cache[file]?.exports;
    if (isNativeClient(exported)) return exported;
  }
  return undefined;
}

function isNativeClient(value: unknown): value is NativeClient {
  if (typeof value !== 'object' || value === null) return false;
  return ['next', 'done', 'error'].every((name) => typeof Reflect.get(value, name) === 'function');
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

type Post = (requestId: string, body: string, ...others: never[]) => unknown;

const mark = '[xpander-lambda]';

/**
 * Calls `after` when the native part has posted. It refuses what is no text, and the runtime reports
 * and logs that error: its stack has no frame of ours.
 */
function followed<P extends Post>(
  native: NativeClient,
  post: P,
  after: (requestId: string, body: string, postedAt: number) => void,
): P {
  const { [mark]: own } = {
    [mark](...given: Parameters<P>): unknown {
      const postedAt = monotonicMs();
      let result: unknown;
      try {
        result = Reflect.apply(post, native, given);
      } catch (thrown) {
        if (thrown instanceof Error) thrown.stack = withoutMarkedLine(thrown.stack ?? '');
        throw thrown;
      }
      const [requestId, body] = given;
      after(requestId, body, postedAt);
      return result;
    },
  };
  return own as P;
}

function withoutMarkedLine(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => !line.includes(mark))
    .join('\n');
}

// What Lambda takes as a response: 6 MiB and 100 bytes. The client does not say that Lambda refused
// a larger one.
const mostBytes = 6 * 1024 * 1024 + 100;

function handoverOf(json: string): Handover {
  if (json.length * 3 <= mostBytes || Buffer.byteLength(json) <= mostBytes) {
    return { kind: 'response', json };
  }
  const bytes = Buffer.byteLength(json);
  const message = `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${mostBytes} bytes).`;
  const error = { name: 'Function.ResponseSizeTooLarge', message, stack: undefined };
  return { kind: 'error', error };
}

function readError(body: string): HandedError {
  const { errorType, errorMessage, trace }: Partial<Record<string, unknown>> = JSON.parse(body);
  return {
    name: String(errorType ?? 'Error'),
    message: String(errorMessage ?? ''),
    stack: Array.isArray(trace) && trace.length > 0 ? trace.join('\n') : undefined,
  };
}

function readEvent({ headers, bodyJson = '' }: NextEvent): RuntimeEvent | undefined {
  const requestId = headers?.['lambda-runtime-aws-request-id'];
  if (typeof requestId !== 'string') return undefined;
  const deadlineMs = Number(headers?.['lambda-runtime-deadline-ms']);
  // Looking into the text costs a thousandth of parsing it.
  const isDurable = bodyJson.includes('"DurableExecutionArn"');
  return { requestId, deadlineMs, durableJson: isDurable ? bodyJson : undefined };
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
