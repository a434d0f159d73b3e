/** LLM tokens of one run. */
export interface TokenUsage {
  /** Tokens sent to the model. */
  readonly promptTokens: number;
  /** Tokens that the model produced. */
  readonly completionTokens: number;
}

/** One run of an agent, as it is reported to xpander.ai. */
export interface TaskReport {
  /** External task id; a report with an id that exists updates that record. `null`: made by the platform. */
  readonly id: string | null;
  /** What the run was asked. */
  readonly input: string | null;
  /** Raw answer of the LLM provider. */
  readonly llmResponse: unknown;
  /** `null` when unknown, never zero for unknown. */
  readonly tokens: TokenUsage | null;
  readonly isSuccess: boolean;
  /** Final answer, or the text of the error. */
  readonly result: string | null;
  /** Wall clock, in seconds. */
  readonly duration: number;
  /** Names of the tools that the run called. */
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
