/**
 * Reads a span by OpenTelemetry's semantic conventions for generative AI, with the names that they
 * had before: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
 */
import { createParsedUsage, type ParsedUsage } from '../providers/parsed-usage.ts';
import { countField, textField } from '../wire/read-fields.ts';

/** Undefined where a span is none of an LLM or a tool. */
export function parseSpan(attributes: unknown): ParsedUsage | undefined {
  const promptTokens = countField(
    attributes,
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.prompt_tokens',
  );
  const completionTokens = countField(
    attributes,
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.completion_tokens',
  );
  const tool = textField(attributes, 'gen_ai.tool.name', 'ai.toolCall.name');
  if (promptTokens === null && completionTokens === null && tool === undefined) return undefined;
  return createParsedUsage({
    provider: textField(attributes, 'gen_ai.provider.name', 'gen_ai.system') ?? 'unknown',
    id: textField(attributes, 'gen_ai.response.id'),
    model: textField(attributes, 'gen_ai.response.model', 'gen_ai.request.model'),
    usage: {
      promptTokens,
      completionTokens,
      cacheReadTokens: countField(
        attributes,
        'gen_ai.usage.cache_read.input_tokens',
        'gen_ai.usage.cache_read_input_tokens',
      ),
      reasoningTokens: countField(attributes, 'gen_ai.usage.reasoning.output_tokens'),
    },
    tools: [tool],
  });
}
