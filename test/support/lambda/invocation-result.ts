/** What comes of one invocation, as its caller and the platform see it. */

export type InvocationResult =
  | ResponseResult
  | ErrorResult
  | TimeoutResult
  | ExitResult
  | InitErrorResult;

/** The runtime posted a response, buffered or streamed. */
export interface ResponseResult extends InvocationRecord {
  readonly kind: 'response';
  /** Every byte that the runtime posted. */
  readonly payload: Buffer;
  /** What a caller reads: the payload as text, without the prelude of an HTTP response. */
  readonly body: string;
  readonly contentType: string;
  readonly streamed: boolean;
  /** A streamed payload in the pieces in which it arrived; else empty. */
  readonly chunks: readonly ResponseChunk[];
  /** The status line and headers of a streamed HTTP response. */
  readonly http?: HttpPrelude;
  /** An error after the stream began: the bytes before it count as the response. */
  readonly streamError?: FunctionError;
  /** Whether the caller went away before the end. */
  readonly callerLeft: boolean;
}

/** The handler failed and the runtime posted its error, or the platform refused its response. */
export interface ErrorResult extends InvocationRecord, FunctionError {
  readonly kind: 'error';
  readonly payload: Buffer;
  /** JSON with the stack for X-Ray, as the runtime sent it in a header. */
  readonly xrayCause?: string;
}

/** The function's time was over; its process was killed. */
export interface TimeoutResult extends InvocationRecord, FunctionError {
  readonly kind: 'timeout';
  /** What had been streamed until then. */
  readonly payload: Buffer;
}

/** The function's process ended without an answer. */
export interface ExitResult extends InvocationRecord, FunctionError, ProcessExit {
  readonly kind: 'exit';
  /** What had been streamed until then. */
  readonly payload: Buffer;
}

/** The module did not load or has no usable handler. */
export interface InitErrorResult extends InvocationRecord, FunctionError {
  readonly kind: 'init-error';
  readonly payload: Buffer;
}

export interface InvocationRecord {
  readonly requestId: string;
  /** From handing out the event to the last byte of the answer: what the caller waits. */
  readonly responseMs: number;
  /** Lines on stdout and stderr, from this event until the next one is handed out; it grows. */
  readonly logs: readonly string[];
  /** Resolves when the runtime asks for the next event, or will not any more. Never rejects. */
  readonly settled: Promise<Settlement>;
}

/** How an invocation left the environment; `doneMs` counts from handing out the event. */
export type Settlement =
  | { readonly kind: 'next'; readonly doneMs: number }
  | { readonly kind: 'timeout'; readonly doneMs: number }
  | ({ readonly kind: 'exit'; readonly doneMs: number } & ProcessExit);

export interface ProcessExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ResponseChunk {
  readonly bytes: Buffer;
  /** Milliseconds after handing out the event. */
  readonly atMs: number;
}

export interface HttpPrelude {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
}

export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}
