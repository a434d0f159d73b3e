/**
 * The usage of OpenAI's formats, and of the servers that imitate them.
 *
 * `prompt_tokens` includes cached tokens, `completion_tokens` includes reasoning tokens
 * (https://platform.openai.com/docs/api-reference/chat/object). Others count reasoning beside the
 * completion (xAI: https://docs.x.ai/docs/guides/reasoning), name it in the total only (Gemini's
 * OpenAI endpoint), or count audio beside the prompt (Mistral's Voxtral). DeepSeek names cached
 * tokens `prompt_cache_hit_tokens` (https://api-docs.deepseek.com/api/create-chat-completion).
 */

import type { LlmUsage } from '../parsed-usage/parsed-usage.ts';
import { countField, field, sum } from '../wire/read-fields.ts';

/** The usage of a chat completion, or of a response that counts like one. */
export function chatUsage(usage: unknown): LlmUsage {
  const prompt = field(usage, 'prompt_tokens_details', 'promptTokensDetails');
  const completion = field(usage, 'completion_tokens_details', 'completionTokensDetails');
  return withUnlistedTokens(
    {
      promptTokens: countField(usage, 'prompt_tokens', 'promptTokens'),
      completionTokens: countField(usage, 'completion_tokens', 'completionTokens'),
      cacheReadTokens:
        countField(prompt, 'cached_tokens', 'cachedTokens') ??
        countField(usage, 'prompt_cache_hit_tokens', 'cached_tokens', 'cache_read_input_tokens'),
      cacheWriteTokens:
        countField(prompt, 'cache_write_tokens', 'cache_creation_tokens') ??
        countField(usage, 'cache_creation_input_tokens'),
      reasoningTokens: countField(completion, 'reasoning_tokens', 'reasoningTokens'),
    },
    countField(usage, 'total_tokens', 'totalTokens'),
    countField(prompt, 'audio_tokens', 'audioTokens'),
  );
}

/** The usage of OpenAI's Responses API. */
export function responseUsage(usage: unknown): LlmUsage {
  const input = field(usage, 'input_tokens_details');
  return withUnlistedTokens(
    {
      promptTokens: countField(usage, 'input_tokens'),
      completionTokens: countField(usage, 'output_tokens'),
      cacheReadTokens: countField(input, 'cached_tokens'),
      cacheWriteTokens: countField(input, 'cache_write_tokens', 'cache_creation_tokens'),
      reasoningTokens: countField(field(usage, 'output_tokens_details'), 'reasoning_tokens'),
    },
    countField(usage, 'total_tokens'),
  );
}

/**
 * Adds the tokens that only a total includes: audio to the prompt, everything else is reasoning.
 *
 * @param total - of all tokens; null if the provider does not send it
 * @param audioTokens - a part of the prompt, or beside it
 */
export function withUnlistedTokens(
  usage: LlmUsage,
  total: number | null,
  audioTokens: number | null = null,
): LlmUsage {
  const { promptTokens, completionTokens, reasoningTokens } = usage;
  if (total === null || promptTokens === null || completionTokens === null) return usage;
  const unlisted = total - promptTokens - completionTokens;
  if (unlisted <= 0) return usage;
  const audio = audioTokens ?? 0;
  const reasoning = reasoningTokens ?? 0;
  const isAudioBeside = audio > 0 && (unlisted === audio || unlisted === audio + reasoning);
  const produced = isAudioBeside ? unlisted - audio : unlisted;
  // Gateways to Anthropic add the cached tokens to the total.
  const isCache = produced !== reasoning && cacheSums(usage).includes(produced);
  return {
    ...usage,
    promptTokens: isAudioBeside ? promptTokens + audio : promptTokens,
    completionTokens: isCache ? completionTokens : sum(completionTokens, produced),
    reasoningTokens: reasoningTokens ?? (produced > 0 && !isCache ? produced : null),
  };
}

function cacheSums({ cacheReadTokens, cacheWriteTokens }: LlmUsage): readonly number[] {
  const read = cacheReadTokens ?? 0;
  const write = cacheWriteTokens ?? 0;
  return [read, write, read + write].filter((count) => count > 0);
}
