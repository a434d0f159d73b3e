/** One event in the hands of a runtime: how it is handed out, and how its answer is taken. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import * as reply from './api-reply.ts';
import { type Deferred, deferred } from './deferred.ts';
import {
  type CallerLeaves,
  maxPayloadBytes,
  type PostedAnswer,
  type PostedError,
  platformError,
  readError,
  readResponse,
} from './posted-answer.ts';
import type { RecordMoment } from './timeline.ts';

export interface RuntimeEvent {
  readonly requestId: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly callerLeaves?: CallerLeaves | undefined;
}

export interface RunningInvocation {
  readonly event: RuntimeEvent;
  readonly startedAt: number;
  readonly answered: Deferred<PostedAnswer>;
  readonly posted: Deferred<void>;
  readonly done: Deferred<void>;
  truncated: Buffer;
}

/** The names that Lambda's own agent gives the states; its refusals quote them. */
export type RuntimeState =
  | 'Started'
  | 'InitError'
  | 'Ready'
  | 'Running'
  | 'InvocationResponse'
  | 'InvocationErrorResponse'
  | 'RuntimeResponseSentState';

/** Who holds the state: the runtime, or the invocation where a runtime has several. */
export interface Stateful {
  state: RuntimeState;
  readonly record: RecordMoment;
}

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const answerRoute = /^POST \/2018-06-01\/runtime\/invocation\/([^/]*)\/(response|error)$/;

/** The encoded request id and the kind of answer, if the request posts one. */
export function answerIn(called: string): [requestId: string, answer: string] | undefined {
  const [, requestId, answer] = answerRoute.exec(called) ?? [];
  return requestId === undefined || answer === undefined ? undefined : [requestId, answer];
}

export function handOut(event: RuntimeEvent, poll: ServerResponse): RunningInvocation {
  const running: RunningInvocation = {
    event,
    startedAt: performance.now(),
    answered: deferred(),
    posted: deferred(),
    done: deferred(),
    truncated: Buffer.alloc(0),
  };
  sendEvent(event, poll);
  return running;
}

export function sendEvent({ headers, body }: RuntimeEvent, response: ServerResponse): void {
  for (const [name, value] of Object.entries(headers)) {
    // The runtime reads UTF-8; Node.js writes one byte a character.
    response.setHeader(name, Buffer.from(value).toString('latin1'));
  }
  response.setHeader('content-type', 'application/json');
  // As bytes, or Node.js would write the headers in the encoding of the text.
  response.end(Buffer.from(body));
}

export async function takeResponse(
  holder: Stateful,
  running: RunningInvocation,
  { request, response }: Exchange,
): Promise<void> {
  if (holder.state !== 'Running') {
    reply.refuseTransition(response, holder.state, 'InvocationResponse');
    return;
  }
  holder.state = 'InvocationResponse';
  const mode = request.headers['lambda-runtime-function-response-mode'];
  if (mode !== undefined && mode !== 'streaming') {
    reply.refuseResponseMode(response);
    running.answered.resolve(platformError('Runtime.InvalidResponseModeHeader', ''));
    return;
  }

  const { startedAt, event } = running;
  const { finished, ...posted } = await readResponse(request, {
    startedAt,
    callerLeaves: event.callerLeaves,
  });
  holder.record('response', { requestId: event.requestId });
  if (posted.kind === 'truncated') running.truncated = posted.payload;
  if (posted.kind === 'too-large') running.answered.resolve(tooLargeError(posted.size));
  if (posted.kind === 'response') running.answered.resolve(posted);
  await finished;
  running.posted.resolve();
  holder.state = 'RuntimeResponseSentState';
  if (posted.kind === 'too-large') reply.refuseTooLarge(response);
  else reply.accept(response);
}

export async function takeError(
  holder: Stateful,
  running: RunningInvocation,
  { request, response }: Exchange,
): Promise<void> {
  if (holder.state !== 'Running') {
    reply.refuseTransition(response, holder.state, 'InvocationErrorResponse');
    return;
  }
  holder.state = 'InvocationErrorResponse';
  const posted = await readError(request);
  holder.state = 'RuntimeResponseSentState';
  if (posted.kind === 'truncated') return;
  holder.record('error', { requestId: running.event.requestId });
  reply.accept(response);
  running.posted.resolve();
  running.answered.resolve(posted);
}

function tooLargeError(size: number): PostedError {
  const limit = `exceeded maximum allowed payload size (${maxPayloadBytes} bytes).`;
  const message = `Response payload size (${size} bytes) ${limit}`;
  return platformError('Function.ResponseSizeTooLarge', message);
}
