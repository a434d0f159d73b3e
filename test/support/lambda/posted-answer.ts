/** Reads what the runtime posts for an invocation: a response, buffered or streamed, or an error. */

import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { deferred } from './deferred.ts';
import type { FunctionError, ResponseChunk } from './invocation-result.ts';

export type PostedAnswer = PostedResponse | PostedError;

export interface PostedResponse {
  readonly kind: 'response';
  readonly payload: Buffer;
  readonly contentType: string;
  readonly streamed: boolean;
  readonly chunks: readonly ResponseChunk[];
  readonly callerLeft: boolean;
  readonly streamError: FunctionError | undefined;
}

export interface PostedError {
  readonly kind: 'error';
  readonly payload: Buffer;
  readonly error: FunctionError;
  readonly xrayCause?: string | undefined;
}

/** The connection ended before the request did. */
export interface Truncated {
  readonly kind: 'truncated';
  readonly payload: Buffer;
}

/** Nothing was kept beyond the limit; the size is what was sent. */
export interface TooLarge {
  readonly kind: 'too-large';
  readonly size: number;
}

export interface ReadOptions {
  /** What `atMs` of the chunks counts from, on the clock of `performance.now()`. */
  readonly startedAt: number;
  readonly callerLeaves?: CallerLeaves | undefined;
}

/** The caller of a streamed response goes away before its end. */
export interface CallerLeaves {
  readonly afterBytes: number;
  /**
   * What the platform does with the runtime's connection. `kept`: reads on and discards, so the
   * function notices nothing. `reset`: breaks it, which Lambda's runtime client does not survive
   * while the handler runs. Which of them Lambda does is not documented.
   *
   * @default 'kept'
   */
  readonly connection?: 'kept' | 'reset';
}

/** Buffered responses may have this many bytes: 6 MiB and 100 bytes, as in Lambda's own agent. */
export const maxPayloadBytes: number = 6 * 1024 * 1024 + 100;

/**
 * Resolves when the caller has all that it will get; `finished` of it when the request is over,
 * which is later where the caller leaves and the connection is kept.
 */
export async function readResponse(
  request: IncomingMessage,
  { startedAt, callerLeaves }: ReadOptions,
): Promise<(PostedResponse | Truncated | TooLarge) & { readonly finished: Promise<unknown> }> {
  const streamed = request.headers['lambda-runtime-function-response-mode'] === 'streaming';
  const chunks: ResponseChunk[] = [];
  let size = 0;
  const left = deferred<'left'>();
  const finished = readBody(request, (bytes) => {
    size += bytes.length;
    if (size <= maxPayloadBytes || streamed) {
      chunks.push({ bytes, atMs: performance.now() - startedAt });
    }
    if (!streamed || callerLeaves === undefined || size < callerLeaves.afterBytes) return;
    left.resolve('left');
    if (callerLeaves.connection === 'reset') request.socket.destroy();
  });
  const end = await Promise.race([left.promise, finished]);

  const payload = Buffer.concat(chunks.map(({ bytes }) => bytes));
  if (end === 'truncated') return { kind: 'truncated', payload, finished };
  if (!streamed && size > maxPayloadBytes) return { kind: 'too-large', size, finished };
  return {
    kind: 'response',
    payload,
    contentType: request.headers['content-type'] ?? '',
    streamed,
    chunks: streamed ? [...chunks] : [],
    callerLeft: end === 'left',
    streamError: streamError(request.trailers),
    finished,
  };
}

export async function readError(request: IncomingMessage): Promise<PostedError | Truncated> {
  const chunks: Buffer[] = [];
  const end = await readBody(request, (bytes) => chunks.push(bytes));

  const payload = Buffer.concat(chunks);
  if (end === 'truncated') return { kind: 'truncated', payload };
  const cause = request.headers['lambda-runtime-function-xray-error-cause'];
  return {
    kind: 'error',
    payload,
    error: functionError(payload),
    // The runtime sends UTF-8, Node.js reads one character a byte.
    xrayCause: typeof cause === 'string' ? Buffer.from(cause, 'latin1').toString() : undefined,
  };
}

/** An error that the platform itself makes of what a runtime did. */
export function platformError(errorType: string, errorMessage: string): PostedError {
  const payload = Buffer.from(JSON.stringify({ errorMessage, errorType }));
  return { kind: 'error', payload, error: { errorType, errorMessage, trace: [] } };
}

function readBody(
  request: IncomingMessage,
  onBytes: (bytes: Buffer) => void,
): Promise<'complete' | 'truncated'> {
  return new Promise((resolve) => {
    request.on('data', onBytes);
    request.on('end', () => resolve('complete'));
    request.on('error', () => resolve('truncated'));
    request.on('close', () => resolve('truncated'));
  });
}

function streamError(trailers: NodeJS.Dict<string>): FunctionError | undefined {
  const body = trailers['lambda-runtime-function-error-body'];
  return body === undefined ? undefined : functionError(Buffer.from(body, 'base64'));
}

/** The platform does not insist on the shape of an error, and passes on what it gets. */
function functionError(payload: Buffer): FunctionError {
  const error = parseJson(payload) as Partial<FunctionError> | null | undefined;
  return {
    errorType: error?.errorType ?? 'Unknown',
    errorMessage: error?.errorMessage ?? '',
    trace: error?.trace ?? [],
  };
}

function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
}
