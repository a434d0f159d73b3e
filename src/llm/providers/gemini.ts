/**
 * Google Gemini, of the Gemini API and of Vertex AI.
 *
 * The input is `promptTokenCount`, cached content included, and `toolUsePromptTokenCount`; the
 * output is `candidatesTokenCount` and `thoughtsTokenCount`: the total is the sum of the four
 * (https://ai.google.dev/api/generate-content#UsageMetadata). Counts of zero are left out. Every
 * chunk of a stream is such a response, with cumulative counts.
 */

import { createParsedUsage, type LlmUsage } from '../parsed-usage/parsed-usage.ts';
import type { LlmProvider } from '../parsed-usage/provider.ts';
import {
  countField,
  field,
  firstItem,
  isObject,
  itemsField,
  sum,
  textField,
} from '../wire/read-fields.ts';
import { assembleGemini, hasFinished } from './gemini-stream.ts';

export const gemini: LlmProvider = {
  parse(raw) {
    // Google's older SDKs wrap the response.
    const response = isResponse(raw) ? raw : field(raw, 'response');
    if (!isResponse(response)) return [];
    const metadata = field(response, 'usageMetadata');
    const usage = geminiUsage(metadata, isFinished(response));
    return [
      createParsedUsage({
        provider: 'gemini',
        id: textField(response, 'responseId'),
        model: textField(response, 'modelVersion'),
        usage,
        otherUsages: otherUsages(metadata, usage),
        tools: itemsField(response, 'candidates').flatMap(candidateTools),
      }),
    ];
  },
  stream: { isEvent: isResponse, assemble: assembleGemini },
};

/**
 * The usage of a response, also where a library passes it on.
 *
 * @param isFinished - whether a count that is missing beside the total means zero
 */
export function geminiUsage(usage: unknown, isFinished = true): LlmUsage {
  const prompt = countField(usage, 'promptTokenCount');
  const toolUse = countField(usage, 'toolUsePromptTokenCount');
  const candidates = countField(usage, 'candidatesTokenCount', 'responseTokenCount');
  const thoughts = countField(usage, 'thoughtsTokenCount');
  const total = countField(usage, 'totalTokenCount');
  const promptTokens = sum(prompt, toolUse);
  const listed = candidates === null && thoughts === null ? null : sum(candidates ?? 0, thoughts);
  const unlisted =
    total === null || promptTokens === null ? 0 : total - promptTokens - (listed ?? 0);
  const isNonsense = field(usage, 'candidatesTokenCount') !== undefined && candidates === null;
  const completionTokens =
    isNonsense || (listed === null && !(isFinished && total !== null))
      ? null
      : sum(listed ?? 0, Math.max(0, unlisted));
  return {
    promptTokens,
    completionTokens,
    cacheReadTokens: countField(usage, 'cachedContentTokenCount'),
    cacheWriteTokens: null,
    reasoningTokens: thoughts,
  };
}

/** Libraries leave out the thoughts, or what tools put into the prompt. */
function otherUsages(metadata: unknown, usage: LlmUsage): readonly Partial<LlmUsage>[] {
  const promptTokens = countField(metadata, 'promptTokenCount');
  const completionTokens = countField(metadata, 'candidatesTokenCount') ?? 0;
  return promptTokens === usage.promptTokens && completionTokens === usage.completionTokens
    ? []
    : [
        { promptTokens, completionTokens },
        { promptTokens, completionTokens: usage.completionTokens },
        { promptTokens: usage.promptTokens, completionTokens },
      ];
}

function isResponse(raw: unknown): boolean {
  const candidate = firstItem(raw, 'candidates');
  return (
    isObject(field(candidate, 'content')) ||
    (isObject(candidate) && field(candidate, 'finishReason') !== undefined) ||
    // Cached content has a total only.
    field(field(raw, 'usageMetadata'), 'promptTokenCount') !== undefined ||
    isObject(field(raw, 'promptFeedback'))
  );
}

function isFinished(response: unknown): boolean {
  const candidates = itemsField(response, 'candidates');
  return candidates.length === 0
    ? isObject(field(response, 'promptFeedback'))
    : candidates.every(hasFinished);
}

function candidateTools(candidate: unknown): readonly (string | undefined)[] {
  const grounding = field(candidate, 'groundingMetadata');
  const hasSearched =
    itemsField(grounding, 'webSearchQueries').length > 0 ||
    isObject(field(grounding, 'searchEntryPoint'));
  const hasReadUrls = isObject(field(candidate, 'urlContextMetadata'));
  return [
    ...itemsField(field(candidate, 'content'), 'parts').map((part) =>
      field(part, 'executableCode') === undefined
        ? textField(field(part, 'functionCall'), 'name')
        : 'code_execution',
    ),
    hasSearched ? 'google_search' : undefined,
    hasReadUrls ? 'url_context' : undefined,
  ];
}
