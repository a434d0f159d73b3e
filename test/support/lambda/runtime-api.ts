/** The Runtime API of one runtime process: its routes, and the order in which it may call them. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import * as reply from './api-reply.ts';
import { type Deferred, deferred } from './deferred.ts';
import type { Api } from './platform-server.ts';
import {
  type CallerLeaves,
  maxPayloadBytes,
  type PostedAnswer,
  type PostedError,
  platformError,
  readError,
  readResponse,
} from './posted-answer.ts';

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

export interface RuntimeEvent {
  readonly requestId: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly callerLeaves?: CallerLeaves | undefined;
}

export interface Delivery {
  /** Resolves when the caller has its answer. */
  readonly answered: Promise<PostedAnswer>;
  /** Resolves when the runtime asks for the next event. */
  readonly done: Promise<void>;
  /** What arrived of a response that was never completed. */
  readonly truncated: () => Buffer;
}

/** The names that Lambda's own agent gives the states; its refusals quote them. */
type RuntimeState =
  | 'Started'
  | 'InitError'
  | 'Ready'
  | 'Running'
  | 'InvocationResponse'
  | 'InvocationErrorResponse'
  | 'RuntimeResponseSentState';

interface Session {
  state: RuntimeState;
  readonly initialised: Deferred<InitOutcome>;
  parkedPoll: ServerResponse | undefined;
  current: CurrentInvocation | undefined;
  readonly receiving: Set<Promise<void>>;
}

interface CurrentInvocation {
  readonly event: RuntimeEvent;
  readonly startedAt: number;
  readonly answered: Deferred<PostedAnswer>;
  readonly done: Deferred<void>;
  truncated: Buffer;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const nextRoute = 'GET /2018-06-01/runtime/invocation/next';
const initErrorRoute = 'POST /2018-06-01/runtime/init/error';
const answerRoute = /^POST \/2018-06-01\/runtime\/invocation\/([^/]*)\/(response|error)$/;

export function createRuntimeApi(): RuntimeApi {
  const session: Session = {
    state: 'Started',
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
  const [, requestId, answer] = answerRoute.exec(called) ?? [];
  if (called === nextRoute) {
    next(session, exchange.response);
  } else if (called === initErrorRoute) {
    track(session, initError(session, exchange));
  } else if (requestId === undefined) {
    return false;
  } else if (
    !session.current ||
    encodeURIComponent(session.current.event.requestId) !== requestId
  ) {
    // Looked at before the state, as in Lambda: a late answer never disturbs the next event.
    reply.refuseRequestId(exchange.response);
  } else if (answer === 'response') {
    track(session, invocationResponse(session, session.current, exchange));
  } else {
    track(session, invocationError(session, session.current, exchange));
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
      if (session.current) send(session.current.event, response);
      return;
    default:
      reply.refuseTransition(response, session.state, 'Ready');
  }
}

function deliver(session: Session, event: RuntimeEvent): Delivery {
  const { parkedPoll } = session;
  if (parkedPoll === undefined) throw new Error(`No runtime waits, it is in ${session.state}.`);

  const current: CurrentInvocation = {
    event,
    startedAt: performance.now(),
    answered: deferred(),
    done: deferred(),
    truncated: Buffer.alloc(0),
  };
  session.current = current;
  session.state = 'Running';
  session.parkedPoll = undefined;
  send(event, parkedPoll);
  return {
    answered: current.answered.promise,
    done: current.done.promise,
    truncated: () => current.truncated,
  };
}

function send({ headers, body }: RuntimeEvent, response: ServerResponse): void {
  for (const [name, value] of Object.entries(headers)) {
    // The runtime reads UTF-8; Node.js writes one byte a character.
    response.setHeader(name, Buffer.from(value).toString('latin1'));
  }
  response.setHeader('content-type', 'application/json');
  // As bytes, or Node.js would write the headers in the encoding of the text.
  response.end(Buffer.from(body));
}

async function initError(session: Session, { request, response }: Exchange): Promise<void> {
  if (session.state !== 'Started') {
    reply.refuseTransition(response, session.state, 'InitError');
    return;
  }
  session.state = 'InitError';
  const posted = await readError(request);
  if (posted.kind === 'truncated') return;
  reply.accept(response);
  session.initialised.resolve({ kind: 'init-error', posted });
}

async function invocationResponse(
  session: Session,
  current: CurrentInvocation,
  { request, response }: Exchange,
): Promise<void> {
  if (session.state !== 'Running') {
    reply.refuseTransition(response, session.state, 'InvocationResponse');
    return;
  }
  session.state = 'InvocationResponse';
  const mode = request.headers['lambda-runtime-function-response-mode'];
  if (mode !== undefined && mode !== 'streaming') {
    reply.refuseResponseMode(response);
    current.answered.resolve(platformError('Runtime.InvalidResponseModeHeader', ''));
    return;
  }

  const { startedAt, event } = current;
  const { finished, ...posted } = await readResponse(request, {
    startedAt,
    callerLeaves: event.callerLeaves,
  });
  if (posted.kind === 'truncated') current.truncated = posted.payload;
  if (posted.kind === 'too-large') current.answered.resolve(tooLargeError(posted.size));
  if (posted.kind === 'response') current.answered.resolve(posted);
  await finished;
  session.state = 'RuntimeResponseSentState';
  if (posted.kind === 'too-large') reply.refuseTooLarge(response);
  else reply.accept(response);
}

async function invocationError(
  session: Session,
  current: CurrentInvocation,
  { request, response }: Exchange,
): Promise<void> {
  if (session.state !== 'Running') {
    reply.refuseTransition(response, session.state, 'InvocationErrorResponse');
    return;
  }
  session.state = 'InvocationErrorResponse';
  const posted = await readError(request);
  session.state = 'RuntimeResponseSentState';
  if (posted.kind === 'truncated') return;
  reply.accept(response);
  current.answered.resolve(posted);
}

function tooLargeError(size: number): PostedError {
  const limit = `exceeded maximum allowed payload size (${maxPayloadBytes} bytes).`;
  const message = `Response payload size (${size} bytes) ${limit}`;
  return platformError('Function.ResponseSizeTooLarge', message);
}
