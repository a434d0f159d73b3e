/** How a run ended. */
export type Outcome =
  /** The handler, or a middleware in its place, answered. */
  | { readonly kind: 'response'; readonly value: unknown; readonly handledError?: Thrown }
  /** The caller gets an error. */
  | { readonly kind: 'failure'; readonly thrown: Thrown }
  /** The answer was streamed; `text` is its captured beginning. */
  | { readonly kind: 'stream'; readonly stream: StreamedText; readonly thrown?: Thrown };

/** A thrown value in a box: `null` and `undefined` can be thrown too. */
export interface Thrown {
  readonly value: unknown;
}

/** What is known of a streamed answer. */
export interface StreamedText {
  readonly text: string;
  /** Bytes that were streamed after the captured beginning. */
  readonly cutBytes: number;
  /** Status of the HTTP answer, where the handler set one. */
  readonly statusCode: number | undefined;
}
