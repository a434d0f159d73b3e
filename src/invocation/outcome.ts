/** How a task ended. */
export type Outcome =
  | ResponseOutcome
  /** The caller gets an error. */
  | { readonly kind: 'failure'; readonly thrown: Thrown }
  /** The response was streamed; `stream.text` is its captured beginning. */
  | { readonly kind: 'stream'; readonly stream: StreamedText; readonly thrown?: Thrown };

/** The handler, or a middleware in its place, responded. */
export interface ResponseOutcome {
  readonly kind: 'response';
  /** What the handler returned, where that was seen. */
  readonly value?: unknown;
  /** What the runtime sent, where that was seen. */
  readonly json?: string;
  /** The error of which a middleware has made this response. */
  readonly handledError?: Thrown;
}

/** A thrown value in a box: `null` and `undefined` can be thrown too. */
export interface Thrown {
  readonly value: unknown;
}

/** What is known of a streamed response. */
export interface StreamedText {
  readonly text: string;
  /** Bytes that were streamed after the captured beginning. */
  readonly cutBytes: number;
  /** Status of the HTTP response, where the handler set one. */
  readonly statusCode: number | undefined;
}

/**
 * The response as the caller got it. The handler's own value is read only where nothing else is
 * known: its getters and `toJSON` may do something each time.
 */
export function sentValue(outcome: ResponseOutcome): unknown {
  const { json, value } = outcome;
  if (json === undefined) return value;
  if (!parsed.has(outcome)) parsed.set(outcome, JSON.parse(json));
  return parsed.get(outcome);
}

/** Parsed once, for all who read it. */
const parsed = new WeakMap<ResponseOutcome, unknown>();
