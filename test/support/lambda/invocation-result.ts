/** What comes of one invocation, as its caller and the platform see it. */

import type { Hold } from './hold.ts';

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
  /**
   * Resolves when the runtime and every extension that got the event ask for the next one, or will
   * not any more. Never rejects.
   */
  readonly settled: Promise<Settlement>;
}

/** How an invocation left the environment, with times that count from handing out the event. */
export type Settlement = SettlementTimes &
  (
    | { readonly kind: 'next' }
    | { readonly kind: 'timeout' }
    | ({ readonly kind: 'exit' } & ProcessExit)
  );

export interface SettlementTimes {
  /** When runtime and extensions were done, or ended; the event counts from the invocation's start. */
  readonly doneMs: number;
  /** When the runtime asked for the next event, if it did. */
  readonly runtimeDoneMs: number | undefined;
  /** When the last extension did, if all did; without extensions as the event was handed out. */
  readonly extensionsDoneMs: number | undefined;
  /** How long extensions kept the environment after the runtime was done. */
  readonly extensionOverheadMs: number;
  /** Until the last call for the next event, an init within the invocation included. */
  readonly billedMs: number;
  /**
   * From the response or the error, or from the event where neither came, until the environment
   * could be frozen or its process was gone.
   */
  readonly held: Hold;
}

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
