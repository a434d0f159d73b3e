/**
 * The Runtime API on Managed Instances: a runtime holds several polls, works on several events at
 * once, and asks for the next one without having finished any.
 */

import type { ServerResponse } from 'node:http';
import * as reply from './api-reply.ts';
import { type Deferred, deferred } from './deferred.ts';
import {
  answerIn,
  type Exchange,
  handOut,
  type RunningInvocation,
  type RuntimeEvent,
  type Stateful,
  takeError,
  takeResponse,
} from './running-invocation.ts';
import {
  type Delivery,
  type InitOutcome,
  initErrorRoute,
  nextRoute,
  type RuntimeApi,
  type RuntimeApiOptions,
  takeInitError,
} from './runtime-api.ts';

interface ManagedSession extends Stateful {
  readonly initialised: Deferred<InitOutcome>;
  readonly onFirstNext: () => void;
  readonly polls: ServerResponse[];
  readonly waiting: WaitingEvent[];
  /** By request id. */
  readonly running: Map<string, RunningInvocation & Stateful>;
  /** Request ids of invocations whose caller was told of a timeout. */
  readonly expired: Set<string>;
  readonly receiving: Set<Promise<void>>;
}

interface WaitingEvent {
  readonly event: RuntimeEvent;
  readonly handedOut: Deferred<RunningInvocation>;
}

export function createManagedRuntimeApi(options: RuntimeApiOptions = {}): RuntimeApi {
  const session: ManagedSession = {
    state: 'Started',
    record: options.record ?? (() => {}),
    onFirstNext: options.onFirstNext ?? (() => {}),
    initialised: deferred(),
    polls: [],
    waiting: [],
    running: new Map(),
    expired: new Set(),
    receiving: new Set(),
  };
  return {
    handle: (request, response) => handle(session, { request, response }),
    initialised: session.initialised.promise,
    deliver: (event) => deliver(session, event),
    drained: () => Promise.all(session.receiving),
  };
}

function handle(session: ManagedSession, exchange: Exchange): boolean {
  const called = `${exchange.request.method} ${exchange.request.url}`;
  const posted = answerIn(called);
  if (called === nextRoute) next(session, exchange.response);
  else if (called === initErrorRoute) {
    track(session, takeInitError(session, session.initialised, exchange));
  } else if (posted === undefined) return false;
  else answer(session, posted, exchange);
  return true;
}

function next(session: ManagedSession, response: ServerResponse): void {
  session.record('runtime-next');
  if (session.state === 'Started') session.onFirstNext();
  session.state = 'Ready';
  session.polls.push(response);
  session.initialised.resolve({ kind: 'ready' });
  match(session);
}

/** Gives the event that waited longest to the poll that waited longest. */
function match(session: ManagedSession): void {
  while (session.waiting.length > 0) {
    const poll = session.polls.shift();
    if (poll === undefined) return;
    // A worker that ended took its connection with it.
    if (poll.destroyed) continue;
    const waiting = session.waiting.shift();
    if (waiting === undefined) return;
    const { event, handedOut } = waiting;
    session.record('event-to-runtime', { requestId: event.requestId });
    const running = handOut(event, poll);
    const holder: Stateful = { state: 'Running', record: session.record };
    session.running.set(event.requestId, Object.assign(running, holder));
    handedOut.resolve(running);
  }
}

function deliver(session: ManagedSession, event: RuntimeEvent): Delivery {
  const waiting: WaitingEvent = { event, handedOut: deferred() };
  let running: RunningInvocation | undefined;
  void waiting.handedOut.promise.then((handedOut) => {
    running = handedOut;
  });
  session.waiting.push(waiting);
  match(session);
  return {
    answered: waiting.handedOut.promise.then(({ answered }) => answered.promise),
    posted: waiting.handedOut.promise.then(({ posted }) => posted.promise),
    done: waiting.handedOut.promise.then(({ done }) => done.promise),
    truncated: () => running?.truncated ?? Buffer.alloc(0),
    expire: () => {
      session.expired.add(event.requestId);
      session.running.delete(event.requestId);
      const index = session.waiting.indexOf(waiting);
      if (index !== -1) session.waiting.splice(index, 1);
    },
  };
}

function answer(
  session: ManagedSession,
  [encodedId, kind]: [requestId: string, answer: string],
  exchange: Exchange,
): void {
  const requestId = decodeURIComponent(encodedId);
  const running = session.running.get(requestId);
  if (running === undefined) {
    if (session.expired.delete(requestId)) reply.refuseLate(exchange.response);
    else reply.refuseRequestId(exchange.response);
    return;
  }
  const take = kind === 'response' ? takeResponse : takeError;
  const taken = take(running, running, exchange).then(() => {
    if (running.state !== 'RuntimeResponseSentState') return;
    session.running.delete(requestId);
    running.done.resolve();
  });
  track(session, taken);
}

function track(session: ManagedSession, receiving: Promise<void>): void {
  session.receiving.add(receiving);
  void receiving.finally(() => session.receiving.delete(receiving));
}
