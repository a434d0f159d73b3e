/** Tokens of one LLM call, as the provider counts them. Unknown is null, never zero. */
export interface LlmUsage {
  /**
   * Tokens sent to the model. Anthropic and Amazon Bedrock count cached tokens beside them, all
   * others as a part of them.
   */
  readonly promptTokens: number | null;
  /** Tokens that the model produced, reasoning included. */
  readonly completionTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly cacheWriteTokens: number | null;
  /** The part of the completion that was reasoning. */
  readonly reasoningTokens: number | null;
}

export const unknownUsage: LlmUsage = {
  promptTokens: null,
  completionTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
};

/** The usage of one LLM call, parsed from its response. */
export interface ParsedUsage {
  /** Whose format the response has: a compatible server counts as the provider it imitates. */
  readonly provider: string;
  /** The provider's id of the response. */
  readonly id?: string;
  /**
   * Further ids of the same response: some streams change theirs from chunk to chunk, and libraries
   * invent ids, which prove that objects are equal but not that calls differ.
   */
  readonly otherIds?: readonly string[];
  readonly model?: string;
  readonly usage: LlmUsage;
  /** Other counts of the same call, by which libraries may know it, such as billed tokens. */
  readonly otherUsages?: readonly Partial<LlmUsage>[];
  /** An embedding, a moderation or another call that produces no tokens. */
  readonly isInputOnly?: true;
  /** Names of the tools that the response calls, unique, in the order of their first call. */
  readonly tools: readonly string[];
}

/** Parts of a parsed usage, as they were found. */
export interface UsageParts {
  readonly provider: string;
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly usage?: Partial<LlmUsage> | undefined;
  readonly otherIds?: readonly string[] | undefined;
  readonly otherUsages?: readonly Partial<LlmUsage>[] | undefined;
  readonly isInputOnly?: boolean | undefined;
  readonly tools?: readonly (string | undefined)[];
}

export function createParsedUsage(parts: UsageParts): ParsedUsage {
  const { provider, model, usage, isInputOnly } = parts;
  const id = parts.id === undefined || isInvented(parts.id) ? undefined : parts.id;
  const invented = parts.id !== undefined && id === undefined ? [parts.id] : [];
  const otherIds = [...(parts.otherIds ?? []), ...invented];
  const otherUsages = (parts.otherUsages ?? []).filter(
    ({ promptTokens, completionTokens }) =>
      promptTokens !== usage?.promptTokens || completionTokens !== usage?.completionTokens,
  );
  const named = (parts.tools ?? []).filter((name) => name !== undefined);
  return {
    provider,
    ...(id !== undefined && { id }),
    ...(otherIds.length > 0 && { otherIds }),
    ...(model !== undefined && { model }),
    usage: {
      promptTokens: usage?.promptTokens ?? null,
      completionTokens: usage?.completionTokens ?? (isInputOnly ? 0 : null),
      cacheReadTokens: usage?.cacheReadTokens ?? null,
      cacheWriteTokens: usage?.cacheWriteTokens ?? null,
      reasoningTokens: usage?.reasoningTokens ?? null,
    },
    ...(otherUsages.length > 0 && { otherUsages }),
    ...(isInputOnly && { isInputOnly }),
    tools: [...new Set(named)],
  };
}

/** By the Vercel AI SDK, LangChain or OpenAI's Agents SDK. */
function isInvented(id: string): boolean {
  return /^(?:aitxt-|aiobj-|run-|lc_run|FAKE_ID|__fake_id__)/.test(id);
}

/** Whether a call cannot be counted: both sides have to be known. */
export function isUsageUnknown({ promptTokens, completionTokens }: LlmUsage): boolean {
  return promptTokens === null || completionTokens === null;
}
