/** Whether a provider counts cached tokens beside the prompt, as Anthropic and Amazon Bedrock do. */

import type { LlmUsage } from '../parsed-usage/parsed-usage.ts';
import { sum } from '../wire/read-fields.ts';

/** @param names - of the provider and the model; undefined if a library does not have them */
export function countsCacheBeside(...names: readonly (string | undefined)[]): boolean {
  return names.some(
    (name) => name !== undefined && /anthropic|claude|bedrock|\bnova\b/i.test(name),
  );
}

/**
 * Takes the cached tokens out of a prompt to which a library has added them. A prompt smaller than
 * they are did not include them.
 */
export function withoutCache(usage: LlmUsage): LlmUsage {
  const { promptTokens, cacheReadTokens, cacheWriteTokens } = usage;
  const cached = sum(0, cacheReadTokens, cacheWriteTokens) ?? 0;
  return promptTokens === null || promptTokens < cached
    ? usage
    : { ...usage, promptTokens: promptTokens - cached };
}
