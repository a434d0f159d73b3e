/** How a task ended. */
export type Outcome =
  | ResponseOutcome
  /** The caller gets an error. */
  | { readonly kind: 'failure'; readonly thrown: Thrown }
  /** The response was streamed; `stream.text` is its captured beginning. */
  | { readonly kind: 'stream'; readonly stream: StreamedText; readonly thrown?: Thrown };

/** The handler or a middleware responded. */
export interface ResponseOutcome {
  readonly kind: 'response';
  /** What the handler returned, if observed. */
  readonly value?: unknown;
  /** What the runtime sent, if observed. */
  readonly json?: string;
  /** The error that a middleware turned into this response. */
  readonly handledError?: Thrown;
}

/** A thrown value, wrapped because `null` and `undefined` can be thrown too. */
export interface Thrown {
  readonly value: unknown;
}

/** The captured part of a streamed response. */
export interface StreamedText {
  readonly text: string;
  /** Number of bytes that were streamed after the captured beginning. */
  readonly truncatedBytes: number;
  /** Status code of the HTTP response, if the handler set one. */
  readonly statusCode: number | undefined;
}

/**
 * The response as the caller got it. The handler's own value is used only if the runtime's JSON is
 * unknown: its getters and `toJSON` may have side effects.
 */
export function responseValue(outcome: ResponseOutcome): unknown {
  const { json, value } = outcome;
  if (json === undefined) return value;
  if (!parsed.has(outcome)) parsed.set(outcome, JSON.parse(json));
  return parsed.get(outcome);
}

const parsed = new WeakMap<ResponseOutcome, unknown>();
