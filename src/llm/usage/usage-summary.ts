/** What a report says of LLMs and tools. */
export interface UsageSummary {
  /** Null where nobody knows both sums. */
  readonly tokens: { readonly promptTokens: number; readonly completionTokens: number } | null;
  /** Unique, in order of first use. */
  readonly tools: readonly string[];
  /** Raw answers, in order of time. */
  readonly responses: readonly unknown[];
}

/** What nothing is known of. */
export const emptySummary: UsageSummary = { tokens: null, tools: [], responses: [] };
