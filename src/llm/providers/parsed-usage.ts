/** Tokens of one call. Unknown is null, never zero. */
export interface LlmUsage {
  /** All tokens that went in, those from a cache and for tools included. */
  readonly promptTokens: number | null;
  /** All tokens that came out, reasoning included. */
  readonly completionTokens: number | null;
  /** How many of the prompt's tokens were read from a cache. */
  readonly cacheReadTokens: number | null;
  /** How many of the completion's tokens were reasoning. */
  readonly reasoningTokens: number | null;
}

/** What one call of an LLM says about itself. */
export interface ParsedUsage {
  /** Whose shape the answer has: a compatible server reads as the provider it is compatible with. */
  readonly provider: string;
  /** The provider's id of the answer. */
  readonly id?: string;
  readonly model?: string;
  readonly usage: LlmUsage;
  /** Names of the tools that the answer calls, unique, in the order of their first call. */
  readonly tools: readonly string[];
}

/** Parts of a reading, as they were found. */
export interface UsageParts {
  readonly provider: string;
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly usage?: Partial<LlmUsage>;
  readonly tools?: readonly (string | undefined)[];
}

export function createParsedUsage({ provider, id, model, usage, tools }: UsageParts): ParsedUsage {
  const named = (tools ?? []).filter((name) => name !== undefined);
  return {
    provider,
    ...(id !== undefined && { id }),
    ...(model !== undefined && { model }),
    usage: {
      promptTokens: usage?.promptTokens ?? null,
      completionTokens: usage?.completionTokens ?? null,
      cacheReadTokens: usage?.cacheReadTokens ?? null,
      reasoningTokens: usage?.reasoningTokens ?? null,
    },
    tools: [...new Set(named)],
  };
}
