/**
 * Parses a span by OpenTelemetry's semantic conventions for generative AI, their older names
 * included: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
 */
import { countsCacheBeside, withoutCache } from '../parsed-usage/cache-convention.ts';
import {
  createParsedUsage,
  type LlmUsage,
  type ParsedUsage,
} from '../parsed-usage/parsed-usage.ts';
import { countField, field, textField } from '../wire/read-fields.ts';

export interface ParsedSpan {
  readonly usage: ParsedUsage;
  /** Whether its tokens are the sum of the LLM calls within it. */
  readonly isSum: boolean;
}

const sums: ReadonlySet<unknown> = new Set([
  'invoke_agent',
  'create_agent',
  'invoke_workflow',
  'execute_tool',
]);

/** Undefined for a span of neither an LLM nor a tool. */
export function parseSpan(attributes: unknown): ParsedSpan | undefined {
  const operation = field(attributes, 'gen_ai.operation.name');
  const usage = spanUsage(attributes);
  const tool = textField(attributes, 'gen_ai.tool.name', 'ai.toolCall.name');
  const isCounted = usage.promptTokens !== null || usage.completionTokens !== null;
  if (!isCounted && tool === undefined) return undefined;
  const provider = textField(attributes, 'gen_ai.provider.name', 'gen_ai.system');
  const model = textField(attributes, 'gen_ai.response.model', 'gen_ai.request.model');
  const isBeside = countsCacheBeside(provider, model);
  return {
    usage: createParsedUsage({
      provider: provider ?? 'unknown',
      id: textField(attributes, 'gen_ai.response.id'),
      model,
      // The conventions include cached tokens in the input.
      usage: isBeside ? withoutCache(usage) : usage,
      otherUsages: isBeside ? [usage] : [],
      isInputOnly: operation === 'embeddings',
      tools: [tool],
    }),
    isSum: sums.has(operation),
  };
}

function spanUsage(attributes: unknown): LlmUsage {
  const count = (...names: readonly string[]): number | null =>
    countField(attributes, ...names.map((name) => `gen_ai.usage.${name}`));
  return {
    promptTokens: count('input_tokens', 'prompt_tokens'),
    completionTokens: count('output_tokens', 'completion_tokens'),
    cacheReadTokens: count('cache_read.input_tokens', 'cache_read_input_tokens'),
    cacheWriteTokens: count('cache_creation.input_tokens', 'cache_creation_input_tokens'),
    reasoningTokens: count('reasoning.output_tokens', 'reasoning_tokens'),
  };
}
