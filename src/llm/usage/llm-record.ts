import type { LlmExchange } from '../parsing/parse-exchange.ts';
import type { ParsedUsage } from '../providers/parsed-usage.ts';

/** Something that a run was heard to do with LLMs or tools. */
export type LlmRecord =
  /** The handler kept the answer of a provider. */
  | { readonly kind: 'response'; readonly value: unknown }
  /** The handler counted tokens. */
  | { readonly kind: 'tokens'; readonly promptTokens?: number; readonly completionTokens?: number }
  /** The handler named a tool. */
  | { readonly kind: 'tool'; readonly name: string }
  /** A call was seen on its way; what has come back of it grows while it goes on. */
  | { readonly kind: 'exchange'; readonly exchange: LlmExchange }
  /** A call was seen to go to an MCP server; the pieces of what it sends. */
  | { readonly kind: 'mcp-request'; readonly body: readonly Uint8Array[] }
  /** A span of OpenTelemetry ended. */
  | { readonly kind: 'span'; readonly reading: ParsedUsage };
