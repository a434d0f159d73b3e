/** LLM tokens of one task. */
export interface TokenUsage {
  /** Tokens sent to the model. */
  readonly promptTokens: number;
  /** Tokens that the model generated. */
  readonly completionTokens: number;
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

/** The request body of `report_task`. All eight keys are always sent. */
export interface WireTaskReport {
  readonly id: string | null;
  readonly input: string | null;
  readonly llm_response: unknown;
  readonly tokens: {
    readonly completion_tokens: number;
    readonly prompt_tokens: number;
    readonly total_tokens: number;
  } | null;
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
    tokens: report.tokens && {
      completion_tokens: report.tokens.completionTokens,
      prompt_tokens: report.tokens.promptTokens,
      total_tokens: report.tokens.promptTokens + report.tokens.completionTokens,
    },
    is_success: report.isSuccess,
    result: report.result,
    duration: report.duration,
    used_tools: report.usedTools,
  };
}
