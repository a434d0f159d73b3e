import type { ParsedUsage } from '../parsed-usage/parsed-usage.ts';

/** How the responses of one provider are recognised and parsed. */
export interface LlmProvider {
  /** Parses a plain response; [] if it does not have this provider's format. */
  readonly parse: (raw: unknown) => readonly ParsedUsage[];
  /** Absent where the provider does not stream, or streams in another provider's format. */
  readonly stream?: LlmStream;
}

export interface LlmStream {
  /** Whether only a stream of this provider has such an event. */
  readonly isEvent: (event: unknown) => boolean;
  /**
   * Builds the response that the call would have had without streaming. Counts that a cut stream
   * has not settled are left out.
   *
   * @param isEnded - whether the provider marked the end of the stream: all counts are final
   */
  readonly assemble: (events: readonly unknown[], isEnded: boolean) => unknown;
}
