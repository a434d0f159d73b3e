/** Records of LLM calls from each source, as a task collects them. */
import {
  type LlmUsage,
  type ParsedUsage,
  unknownUsage,
} from '../../../src/llm/parsed-usage/parsed-usage.ts';
import type { LlmRecord, RecordedTokens } from '../../../src/llm/usage/llm-record.ts';
import { aggregateUsage } from '../../../src/llm/usage/usage-aggregation.ts';
import type { TokenSums } from '../../../src/llm/usage/usage-summary.ts';

export function tokensOf(records: readonly LlmRecord[]): TokenSums | null {
  return aggregateUsage(records).tokens;
}

export function totals(
  promptTokens: number,
  completionTokens: number,
  cacheReadTokens = 0,
  cacheWriteTokens = 0,
): TokenSums {
  return { promptTokens, completionTokens, cacheReadTokens, cacheWriteTokens };
}

export function recorded(value: unknown): LlmRecord {
  return { kind: 'response', value };
}

export function counted(tokens: RecordedTokens): LlmRecord {
  return { kind: 'tokens', ...tokens };
}

export function exchange(
  response: unknown,
  url = 'https://api.openai.com/v1/chat/completions',
  headers: Readonly<Record<string, string>> = {},
): LlmRecord {
  return {
    kind: 'exchange',
    exchange: {
      url,
      status: 200,
      headers: { 'content-type': 'application/json', ...headers },
      body: bytesOf(JSON.stringify(response)),
      isCut: false,
    },
  };
}

interface SpanFacts extends Partial<LlmUsage> {
  readonly id?: string;
  readonly provider?: string;
  readonly isInputOnly?: true;
  readonly isSum?: boolean;
}

export function span({
  id,
  provider = 'openai',
  isInputOnly,
  isSum,
  ...usage
}: SpanFacts): LlmRecord {
  const parsed: ParsedUsage = {
    provider,
    ...(id !== undefined && { id }),
    ...(isInputOnly && { isInputOnly }),
    usage: { ...unknownUsage, ...usage },
    tools: [],
  };
  return { kind: 'span', usage: parsed, ...(isSum && { isSum }) };
}

/** In two pieces, as they may come over the wire. */
export function bytesOf(text: string): Uint8Array[] {
  return [Buffer.from(text.slice(0, 30)), Buffer.from(text.slice(30))];
}

export function completion(
  id: string,
  prompt: number | null,
  completed: number | null,
  tools: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  return {
    id,
    object: 'chat.completion',
    model: 'gpt-5',
    choices: [
      {
        index: 0,
        finish_reason: 'stop',
        message: {
          role: 'assistant',
          content: 'Hi',
          tool_calls: tools.map((name) => ({
            type: 'function',
            function: { name, arguments: '{}' },
          })),
        },
      },
    ],
    ...(prompt !== null && { usage: { prompt_tokens: prompt, completion_tokens: completed } }),
  };
}

export function embedding(prompt: number): Readonly<Record<string, unknown>> {
  return {
    object: 'list',
    model: 'text-embedding-3-small',
    data: [{ object: 'embedding', index: 0, embedding: [0.1, 0.2] }],
    usage: { prompt_tokens: prompt, total_tokens: prompt },
  };
}

/** An Anthropic message: its cached tokens are beside the prompt. */
export function message(
  id: string,
  input: number,
  output: number,
  cache: { readonly read?: number; readonly write?: number } = {},
): Readonly<Record<string, unknown>> {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5',
    content: [{ type: 'text', text: 'Hi' }],
    stop_reason: 'end_turn',
    usage: {
      input_tokens: input,
      cache_read_input_tokens: cache.read ?? 0,
      cache_creation_input_tokens: cache.write ?? 0,
      output_tokens: output,
    },
  };
}
