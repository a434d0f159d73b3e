import type { ParsedUsage } from '../parsed-usage/parsed-usage.ts';
import type { LlmExchange } from '../parsing/parse-exchange.ts';

/** One observation of a task's LLM calls and tools. */
export type LlmRecord =
  /** The handler recorded a provider's response. */
  | { readonly kind: 'response'; readonly value: unknown }
  /** The handler counted tokens. */
  | ({ readonly kind: 'tokens' } & RecordedTokens)
  /** The handler named a tool. */
  | { readonly kind: 'tool'; readonly name: string }
  /** A call over HTTP; its body grows while the response arrives. */
  | { readonly kind: 'exchange'; readonly exchange: ObservedExchange }
  /** The body of a request to an MCP server. */
  | { readonly kind: 'mcp-request'; readonly body: readonly Uint8Array[] }
  /** An OpenTelemetry span ended. */
  | ({ readonly kind: 'span' } & ObservedSpan);

/** Token counts that the handler added; at least one of them is set. */
export interface RecordedTokens {
  readonly promptTokens?: number | undefined;
  readonly completionTokens?: number | undefined;
  readonly cacheReadTokens?: number | undefined;
  readonly cacheWriteTokens?: number | undefined;
}

export interface ObservedExchange extends LlmExchange {
  /** When the response began, on the monotonic clock. */
  readonly at?: number;
}

export interface ObservedSpan {
  readonly usage: ParsedUsage;
  /** Whether its tokens are the sum of the calls within it, as those of an agent. */
  readonly isSum?: boolean;
  /** When it ran, on the monotonic clock. */
  readonly during?: { readonly from: number; readonly to: number };
}
