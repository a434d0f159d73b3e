/**
 * Results of the Vercel AI SDK, versions 4 to 7, of its language models, and of the AI Gateway's own
 * protocol. A result with steps is one call a step.
 *
 * `inputTokens` (`promptTokens` in version 4) and `outputTokens` (`completionTokens`) are totals from
 * version 6 on, cache and reasoning included
 * (https://ai-sdk.dev/docs/reference/ai-sdk-core/generate-text). Before, they are the provider's
 * counts, without Gemini's thoughts. The provider's own usage, where a result has it, wins.
 */

import { countsCacheBeside, withoutCache } from '../parsed-usage/cache-convention.ts';
import { withUnlistedTokens } from '../parsed-usage/openai-usage.ts';
import {
  createParsedUsage,
  type LlmUsage,
  type ParsedUsage,
} from '../parsed-usage/parsed-usage.ts';
import type { LlmProvider } from '../parsed-usage/provider.ts';
import {
  count,
  countField,
  field,
  fieldsOf,
  isObject,
  itemsField,
  textField,
} from '../wire/read-fields.ts';
import { providerUsage } from './library-usage.ts';
import { assembleVercelStream, isVercelPart } from './vercel-ai-stream.ts';

export const vercelAi: LlmProvider = {
  parse(raw) {
    const steps = itemsField(raw, 'steps').filter(isStep);
    return steps.length > 0 ? steps.map(parseStep) : isStep(raw) ? [parseStep(raw)] : [];
  },
  stream: { isEvent: isVercelPart, assemble: assembleVercelStream },
};

/** Whether it is the result of a stream: reading one of its fields would start the stream. */
export function isStreamResult(raw: unknown): boolean {
  return isObject(raw) && ('textStream' in raw || 'partialObjectStream' in raw);
}

function isStep(raw: unknown): boolean {
  const usage = field(raw, 'usage');
  const has = (...names: readonly string[]): boolean =>
    isObject(usage) && names.some((name) => name in usage);
  const isText = field(raw, 'finishReason') !== undefined;
  return (
    (isText && has('inputTokens', 'outputTokens', 'promptTokens', 'completionTokens')) ||
    (isEmbedding(raw) && has('tokens'))
  );
}

function isEmbedding(raw: unknown): boolean {
  return isObject(field(raw, 'embedding', 'embeddings'));
}

function parseStep(step: unknown): ParsedUsage {
  const response = field(step, 'response');
  const calls = itemsField(step, 'toolCalls');
  const blocks = itemsField(step, 'content').filter((part) => field(part, 'type') === 'tool-call');
  const library = libraryUsage(step);
  const own = ownUsage(step);
  return createParsedUsage({
    provider: 'vercel-ai',
    id: textField(response, 'id'),
    model: textField(response, 'modelId'),
    usage: own ?? library,
    otherIds: bodyIds(response),
    otherUsages: own && [library],
    isInputOnly: isEmbedding(step),
    tools: (calls.length > 0 ? calls : blocks).map((call) => textField(call, 'toolName')),
  });
}

/** The provider's id, where the SDK has invented one although the body has it. */
function bodyIds(response: unknown): readonly string[] {
  const id = textField(field(response, 'body'), 'id', 'responseId');
  return id === undefined || id === textField(response, 'id') ? [] : [id];
}

function ownUsage(step: unknown): Partial<LlmUsage> | undefined {
  const metadata = metadataOf(step);
  return (
    providerUsage(field(field(step, 'usage'), 'raw')) ??
    providerUsage(field(field(field(step, 'response'), 'body'), 'usage', 'usageMetadata')) ??
    providerUsage(field(field(metadata, 'anthropic'), 'usage')) ??
    providerUsage(field(field(metadata, 'google', 'vertex'), 'usageMetadata'))
  );
}

function metadataOf(step: unknown): unknown {
  return field(step, 'providerMetadata', 'experimental_providerMetadata');
}

function libraryUsage(step: unknown): LlmUsage {
  const usage = field(step, 'usage');
  const input = field(usage, 'inputTokens', 'promptTokens', 'tokens');
  const output = field(usage, 'outputTokens', 'completionTokens');
  const details = field(usage, 'inputTokenDetails');
  const metadata = metadataOf(step);
  const fromAnthropic = field(metadata, 'anthropic');
  const fromBedrock = field(field(metadata, 'bedrock'), 'usage');
  const read = withUnlistedTokens(
    {
      // Language models have an object of parts, results of the SDK's functions have numbers.
      promptTokens: count(field(input, 'total') ?? input),
      completionTokens: count(field(output, 'total') ?? output),
      cacheReadTokens:
        countField(details, 'cacheReadTokens') ??
        countField(usage, 'cachedInputTokens') ??
        countField(input, 'cacheRead') ??
        countField(fromAnthropic, 'cacheReadInputTokens') ??
        countField(fromBedrock, 'cacheReadInputTokens'),
      cacheWriteTokens:
        countField(details, 'cacheWriteTokens') ??
        countField(input, 'cacheWrite') ??
        countField(fromAnthropic, 'cacheCreationInputTokens') ??
        countField(fromBedrock, 'cacheWriteInputTokens'),
      reasoningTokens:
        countField(field(usage, 'outputTokenDetails'), 'reasoningTokens') ??
        countField(usage, 'reasoningTokens') ??
        countField(output, 'reasoning'),
    },
    countField(usage, 'totalTokens'),
  );
  const isTotal = details !== undefined || isObject(input);
  const model = textField(field(step, 'response'), 'modelId');
  const isBeside = countsCacheBeside(model, ...Object.keys(fieldsOf(metadata)));
  return isTotal && isBeside ? withoutCache(read) : read;
}
