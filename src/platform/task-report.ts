/**
 * LLM tokens of one task, as the provider counts them. Anthropic and Amazon Bedrock count cached
 * tokens beside the prompt, OpenAI and Gemini as a part of it: they are never added to the prompt.
 */
export interface TokenUsage {
  /** Tokens sent to the model. */
  readonly promptTokens: number;
  /** Tokens that the model generated, reasoning included. */
  readonly completionTokens: number;
  /** Tokens that the provider read from its prompt cache. @default 0 */
  readonly cacheReadTokens?: number | undefined;
  /** Tokens that the provider wrote to its prompt cache. @default 0 */
  readonly cacheWriteTokens?: number | undefined;
}

/** The report of one task to xpander.ai. */
export interface TaskReport {
  /** External task id; an existing id updates that task. `null`: the platform creates an id. */
  readonly id: string | null;
  readonly input: string | null;
  /** Raw response of the LLM provider. */
  readonly llmResponse: unknown;
  /** `null` if unknown. */
  readonly tokens: TokenUsage | null;
  readonly isSuccess: boolean;
  /** Final result, or the text of the error. */
  readonly result: string | null;
  /** In seconds. */
  readonly duration: number;
  /** Names of the tools that the task called. */
  readonly usedTools: readonly string[];
}

/** Token counts in the request body of `report_task`, and in the platform's record of a task. */
export interface WireTokenUsage {
  readonly completion_tokens: number;
  readonly prompt_tokens: number;
  /** Missing in reports that an older version stored. */
  readonly cache_read_tokens?: number;
  readonly cache_write_tokens?: number;
  /** Prompt and completion. */
  readonly total_tokens: number;
}

/** The request body of `report_task`. All eight keys are always sent. */
export interface WireTaskReport {
  readonly id: string | null;
  readonly input: string | null;
  readonly llm_response: unknown;
  readonly tokens: WireTokenUsage | null;
  readonly is_success: boolean;
  readonly result: string | null;
  readonly duration: number;
  readonly used_tools: readonly string[];
}

export function toWire(report: TaskReport): WireTaskReport {
  return {
    id: report.id,
    input: report.input,
    llm_response: report.llmResponse ?? null,
    tokens: report.tokens && toWireTokens(report.tokens),
    is_success: report.isSuccess,
    result: report.result,
    duration: report.duration,
    used_tools: report.usedTools,
  };
}

function toWireTokens(tokens: TokenUsage): WireTokenUsage {
  return {
    completion_tokens: tokens.completionTokens,
    prompt_tokens: tokens.promptTokens,
    cache_read_tokens: tokens.cacheReadTokens ?? 0,
    cache_write_tokens: tokens.cacheWriteTokens ?? 0,
    total_tokens: tokens.promptTokens + tokens.completionTokens,
  };
}
