/**
 * Lambda's Runtime and Extensions APIs for one function, as lean as they can be: what they do
 * between handing out an event and the answer is part of what is measured.
 */

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { type Deferred, deferred } from '../support/lambda/deferred.ts';
import { functionArn } from '../support/lambda/function-environment.ts';

export interface LambdaApis extends AsyncDisposable {
  /** Host and port, the value of `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  /** When runtime and extensions first asked for an event, on the clock of `performance.now()`. */
  readonly initialised: Promise<number>;
  readonly extensions: () => number;
  readonly invoke: (event: unknown, onAnswer: () => void) => Promise<InvocationTimes>;
}

export interface InvocationTimes {
  readonly kind: 'response' | 'error';
  readonly body: string;
  /** From handing the event out to the last byte of the answer, in milliseconds. */
  readonly answerMs: number;
  /** Until the runtime and the extensions have asked for the next event, in milliseconds. */
  readonly billedMs: number;
}

interface Environment {
  /** The waiting poll of each participant; undefined while it works. */
  readonly polls: Map<string, ServerResponse | undefined>;
  idle: Deferred<number>;
  current: Running | undefined;
  hasStarted: boolean;
}

interface Running {
  startedAt: number;
  readonly answered: Deferred<Omit<InvocationTimes, 'billedMs'>>;
  readonly onAnswer: () => void;
}

const runtime = 'runtime';
const timeoutMs = 60_000;

export async function startLambdaApis(): Promise<LambdaApis> {
  const environment: Environment = {
    polls: new Map([[runtime, undefined]]),
    idle: deferred(),
    current: undefined,
    hasStarted: false,
  };
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 0, noDelay: true });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void handle(environment, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    initialised: environment.idle.promise,
    extensions: () => environment.polls.size - 1,
    invoke: (event, onAnswer) => invoke(environment, event, onAnswer),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function handle(
  environment: Environment,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { url = '' } = request;
  if (url.endsWith('/runtime/invocation/next')) return park(environment, runtime, response);
  if (url.endsWith('/extension/event/next')) {
    return park(environment, String(request.headers['lambda-extension-identifier']), response);
  }
  if (url.endsWith('/extension/register')) return register(environment, request, response);
  if (url.endsWith('/response')) return answer(environment, 'response', request, response);
  return answer(environment, 'error', request, response);
}

async function register(
  { polls, hasStarted }: Environment,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { events = [] }: { events?: string[] } = JSON.parse(await text(request));
  if (hasStarted) {
    const refusal = { errorType: 'Extension.RegistrationClosed', errorMessage: 'Too late.' };
    return void response.writeHead(403).end(JSON.stringify(refusal));
  }
  const id = randomUUID();
  // Without INVOKE it is never waited for.
  if (events.includes('INVOKE')) polls.set(id, undefined);
  response.setHeader('lambda-extension-identifier', id);
  response.end('{"functionName":"sample-agent","functionVersion":"$LATEST","handler":"index"}');
}

function park(environment: Environment, participant: string, response: ServerResponse): void {
  const now = performance.now();
  if (participant === runtime) environment.hasStarted = true;
  if (!environment.polls.has(participant)) return void response.writeHead(403).end('{}');
  environment.polls.set(participant, response);
  const allWait = [...environment.polls.values()].every((poll) => poll !== undefined);
  if (allWait) environment.idle.resolve(now);
}

async function invoke(
  environment: Environment,
  event: unknown,
  onAnswer: () => void,
): Promise<InvocationTimes> {
  const requestId = randomUUID();
  const deadlineMs = Date.now() + timeoutMs;
  const body = Buffer.from(JSON.stringify(event));
  const notice = Buffer.from(JSON.stringify(noticeOf(requestId, deadlineMs)));
  const polls = [...environment.polls];
  // Lambda gives no order.
  if (Math.random() < 0.5) polls.reverse();
  for (const participant of environment.polls.keys()) environment.polls.set(participant, undefined);
  environment.idle = deferred();
  const running: Running = { startedAt: 0, answered: deferred(), onAnswer };
  environment.current = running;
  for (const [participant, poll] of polls) {
    if (participant !== runtime) sendNotice(poll, notice);
    // Here and not above: Lambda tells all at once, only this server does it one by one.
    else running.startedAt = sendEvent(poll, requestId, deadlineMs, body);
  }
  const answered = await running.answered.promise;
  return { ...answered, billedMs: (await environment.idle.promise) - running.startedAt };
}

/** @returns when it was sent */
function sendEvent(
  poll: ServerResponse | undefined,
  requestId: string,
  deadlineMs: number,
  body: Buffer,
): number {
  poll?.writeHead(200, {
    'content-type': 'application/json',
    'content-length': body.length,
    'lambda-runtime-aws-request-id': requestId,
    'lambda-runtime-deadline-ms': String(deadlineMs),
    'lambda-runtime-invoked-function-arn': functionArn,
    'lambda-runtime-trace-id': 'Root=1-00000000-000000000000000000000000;Sampled=0',
  });
  const sentAt = performance.now();
  poll?.end(body);
  return sentAt;
}

function noticeOf(requestId: string, deadlineMs: number): object {
  return { eventType: 'INVOKE', deadlineMs, requestId, invokedFunctionArn: functionArn };
}

function sendNotice(poll: ServerResponse | undefined, notice: Buffer): void {
  poll?.writeHead(200, {
    'content-type': 'application/json',
    'content-length': notice.length,
    'lambda-extension-event-identifier': '00000000-0000-4000-8000-000000000000',
  });
  poll?.end(notice);
}

async function answer(
  { current }: Environment,
  kind: 'response' | 'error',
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await text(request);
  const now = performance.now();
  // The runtime waits for this reply without doing anything else: its process stands still.
  current?.onAnswer();
  response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
  current?.answered.resolve({ kind, body, answerMs: now - current.startedAt });
}
