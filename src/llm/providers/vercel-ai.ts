/**
 * Results of the Vercel AI SDK, versions 4 to 7: `generateText`, `generateObject`, `embed`, and
 * what `streamText` hands to `onFinish` and `onStepFinish`. A result with steps is one reading
 * a step.
 *
 * `inputTokens` (`promptTokens` in version 4) and `outputTokens` (`completionTokens`) are the
 * totals from version 6 on, cache and reasoning included
 * (https://ai-sdk.dev/docs/reference/ai-sdk-core/generate-text). Before, they were what the
 * provider calls so, without Anthropic's and Bedrock's cached input and without Gemini's thoughts:
 * there the provider's own counts are read.
 */

import {
  count,
  countField,
  field,
  isObject,
  itemsField,
  sum,
  textField,
} from '../wire/read-fields.ts';
import { messageUsage } from './anthropic.ts';
import { geminiUsage } from './gemini.ts';
import { createParsedUsage, type LlmUsage, type ParsedUsage } from './parsed-usage.ts';
import type { LlmProvider } from './provider.ts';

export const vercelAi: LlmProvider = {
  read(raw) {
    // To look at the usage of a stream's result is to start the stream.
    if (!isObject(raw) || 'textStream' in raw || 'partialObjectStream' in raw) return [];
    const steps = itemsField(raw, 'steps').filter(isStep);
    return steps.length > 0 ? steps.map(readStep) : isStep(raw) ? [readStep(raw)] : [];
  },
};

function isStep(raw: unknown): boolean {
  const usage = field(raw, 'usage');
  const has = (...names: readonly string[]): boolean =>
    isObject(usage) && names.some((name) => name in usage);
  const isText = field(raw, 'finishReason') !== undefined;
  const isEmbedding = isObject(field(raw, 'embedding', 'embeddings'));
  return (
    (isText && has('inputTokens', 'outputTokens', 'promptTokens', 'completionTokens')) ||
    (isEmbedding && has('tokens'))
  );
}

function readStep(step: unknown): ParsedUsage {
  const response = field(step, 'response');
  const calls = itemsField(step, 'toolCalls');
  const blocks = itemsField(step, 'content').filter((part) => field(part, 'type') === 'tool-call');
  return createParsedUsage({
    provider: 'vercel-ai',
    id: textField(response, 'id'),
    model: textField(response, 'modelId'),
    usage: stepUsage(step),
    tools: (calls.length > 0 ? calls : blocks).map((call) => textField(call, 'toolName')),
  });
}

function stepUsage(step: unknown): LlmUsage {
  const usage = field(step, 'usage');
  const input = field(usage, 'inputTokens', 'promptTokens', 'tokens');
  const output = field(usage, 'outputTokens', 'completionTokens');
  const read: LlmUsage = {
    // The models of the SDK, below its functions, say it in parts.
    promptTokens: count(field(input, 'total') ?? input),
    completionTokens: count(field(output, 'total') ?? output),
    cacheReadTokens:
      countField(field(usage, 'inputTokenDetails'), 'cacheReadTokens') ??
      countField(usage, 'cachedInputTokens') ??
      countField(input, 'cacheRead'),
    reasoningTokens:
      countField(field(usage, 'outputTokenDetails'), 'reasoningTokens') ??
      countField(usage, 'reasoningTokens') ??
      countField(output, 'reasoning'),
  };
  const isTotal = field(usage, 'inputTokenDetails') !== undefined || isObject(input);
  return isTotal ? read : withProvidersCounts(read, step);
}

function withProvidersCounts(read: LlmUsage, step: unknown): LlmUsage {
  const metadata = field(step, 'providerMetadata', 'experimental_providerMetadata');
  const fromAnthropic = field(metadata, 'anthropic');
  const fromBedrock = field(field(metadata, 'bedrock'), 'usage');
  const fromGoogle = field(field(metadata, 'google', 'vertex'), 'usageMetadata');
  const usage = field(fromAnthropic, 'usage');
  if (isObject(usage)) return messageUsage(usage);
  if (isObject(fromGoogle)) return geminiUsage(fromGoogle);
  const cacheReadTokens =
    countField(fromAnthropic, 'cacheReadInputTokens') ??
    countField(fromBedrock, 'cacheReadInputTokens') ??
    read.cacheReadTokens;
  if (fromAnthropic === undefined && fromBedrock === undefined) return read;
  return {
    ...read,
    promptTokens: sum(
      read.promptTokens,
      cacheReadTokens,
      countField(fromAnthropic, 'cacheCreationInputTokens') ??
        countField(fromBedrock, 'cacheWriteInputTokens'),
    ),
    cacheReadTokens,
  };
}
