/** LLM tokens, tools and responses of one task. */
export interface UsageSummary {
  /** The sum of the calls whose tokens are known; null if none is. */
  readonly tokens: TokenSums | null;
  /** Unique, in order of first use. */
  readonly tools: readonly string[];
  /** Raw responses, in order of time. */
  readonly responses: readonly unknown[];
  /** The calls that `tokens` leaves out, because the provider did not send their tokens. */
  readonly unknownCalls: readonly UnknownCall[];
}

/** As the providers count them. */
export interface TokenSums {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

/** A call of which nobody knows the tokens. */
export interface UnknownCall {
  /** Undefined if the call was not seen over HTTP. */
  readonly host: string | undefined;
  readonly model: string | undefined;
}

/** The summary of a task without LLM calls. */
export const emptySummary: UsageSummary = {
  tokens: null,
  tools: [],
  responses: [],
  unknownCalls: [],
};
