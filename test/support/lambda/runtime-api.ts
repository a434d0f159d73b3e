/** The Runtime API of one runtime process: its routes, and the order in which it may call them. */

import type { ServerResponse } from 'node:http';
import * as reply from './api-reply.ts';
import { type Deferred, deferred } from './deferred.ts';
import type { Api } from './platform-server.ts';
import { type PostedAnswer, type PostedError, readError } from './posted-answer.ts';
import {
  answerIn,
  type Exchange,
  handOut,
  type RunningInvocation,
  type RuntimeEvent,
  type Stateful,
  sendEvent,
  takeError,
  takeResponse,
} from './running-invocation.ts';
import type { RecordMoment } from './timeline.ts';

export interface RuntimeApiOptions {
  readonly record?: RecordMoment;
  /** Called when the runtime asks for its first event, before anything else can happen. */
  readonly onFirstNext?: () => void;
}

export interface RuntimeApi {
  readonly handle: Api;
  /** Resolves once, when the runtime asks for its first event or posts an init error. */
  readonly initialised: Promise<InitOutcome>;
  /** Hands an event to the runtime, which must be waiting for one. */
  readonly deliver: (event: RuntimeEvent) => Delivery;
  /** Resolves when no request is half received: after a process ended, all it sent is in. */
  readonly drained: () => Promise<unknown>;
}

export type InitOutcome =
  | { readonly kind: 'ready' }
  | { readonly kind: 'init-error'; readonly posted: PostedError };

export interface Delivery {
  /** Resolves when the caller has its answer. */
  readonly answered: Promise<PostedAnswer>;
  /** Resolves when all of it has come in, which is later where the caller of a stream has left. */
  readonly posted: Promise<void>;
  /** Resolves when the runtime asks for the next event. */
  readonly done: Promise<void>;
  /** What arrived of a response that was never completed. */
  readonly truncated: () => Buffer;
  /** Refuses an answer from now on: the caller has been told of a timeout. */
  readonly expire?: () => void;
}

export const nextRoute = 'GET /2018-06-01/runtime/invocation/next';
export const initErrorRoute = 'POST /2018-06-01/runtime/init/error';

interface Session extends Stateful {
  readonly initialised: Deferred<InitOutcome>;
  readonly onFirstNext: () => void;
  parkedPoll: ServerResponse | undefined;
  current: RunningInvocation | undefined;
  readonly receiving: Set<Promise<void>>;
}

export function createRuntimeApi(options: RuntimeApiOptions = {}): RuntimeApi {
  const session: Session = {
    state: 'Started',
    record: options.record ?? (() => {}),
    onFirstNext: options.onFirstNext ?? (() => {}),
    initialised: deferred(),
    parkedPoll: undefined,
    current: undefined,
    receiving: new Set(),
  };
  return {
    handle: (request, response) => handle(session, { request, response }),
    initialised: session.initialised.promise,
    deliver: (event) => deliver(session, event),
    drained: () => Promise.all(session.receiving),
  };
}

function handle(session: Session, exchange: Exchange): boolean {
  const called = `${exchange.request.method} ${exchange.request.url}`;
  const posted = answerIn(called);
  if (called === nextRoute) {
    next(session, exchange.response);
  } else if (called === initErrorRoute) {
    track(session, takeInitError(session, session.initialised, exchange));
  } else if (posted === undefined) {
    return false;
  } else if (
    !session.current ||
    encodeURIComponent(session.current.event.requestId) !== posted[0]
  ) {
    // Looked at before the state, as in Lambda: a late answer never disturbs the next event.
    reply.refuseRequestId(exchange.response);
  } else {
    const take = posted[1] === 'response' ? takeResponse : takeError;
    track(session, take(session, session.current, exchange));
  }
  return true;
}

function track(session: Session, receiving: Promise<void>): void {
  session.receiving.add(receiving);
  void receiving.finally(() => session.receiving.delete(receiving));
}

function next(session: Session, response: ServerResponse): void {
  switch (session.state) {
    case 'Started':
    case 'RuntimeResponseSentState':
      if (session.state === 'Started') session.onFirstNext();
      recordNext(session);
      session.current?.done.resolve();
      session.current = undefined;
      session.state = 'Ready';
      session.parkedPoll = response;
      session.initialised.resolve({ kind: 'ready' });
      return;
    case 'Ready':
      session.parkedPoll = response;
      return;
    case 'Running':
      // No error in Lambda either: the same event once more.
      if (session.current) sendEvent(session.current.event, response);
      return;
    default:
      reply.refuseTransition(response, session.state, 'Ready');
  }
}

function recordNext({ record, current }: Session): void {
  record('runtime-next', current === undefined ? {} : { requestId: current.event.requestId });
}

function deliver(session: Session, event: RuntimeEvent): Delivery {
  const { parkedPoll } = session;
  if (parkedPoll === undefined) throw new Error(`No runtime waits, it is in ${session.state}.`);

  session.record('event-to-runtime', { requestId: event.requestId });
  const running = handOut(event, parkedPoll);
  session.current = running;
  session.state = 'Running';
  session.parkedPoll = undefined;
  return {
    answered: running.answered.promise,
    posted: running.posted.promise,
    done: running.done.promise,
    truncated: () => running.truncated,
  };
}

/** Takes an error of the init, which may be posted before the first call for an event only. */
export async function takeInitError(
  holder: Stateful,
  initialised: Deferred<InitOutcome>,
  { request, response }: Exchange,
): Promise<void> {
  if (holder.state !== 'Started') {
    reply.refuseTransition(response, holder.state, 'InitError');
    return;
  }
  holder.state = 'InitError';
  const posted = await readError(request);
  if (posted.kind === 'truncated') return;
  reply.accept(response);
  initialised.resolve({ kind: 'init-error', posted });
}
