/**
 * Google Gemini, of the Gemini API and of Vertex AI.
 *
 * What went in is `promptTokenCount`, cached content included, and `toolUsePromptTokenCount`;
 * what came out `candidatesTokenCount` and `thoughtsTokenCount`: the total is the sum of the four
 * (https://ai.google.dev/api/generate-content#UsageMetadata). Counts of zero are left out. Every
 * chunk of a stream is such an answer, its counts cumulative.
 */

import {
  countField,
  type Fields,
  field,
  fieldsOf,
  firstItem,
  isObject,
  itemsField,
  sum,
  textField,
} from '../wire/read-fields.ts';
import { append, partOf, putAll } from './merge-chunks.ts';
import { createParsedUsage, type LlmUsage } from './parsed-usage.ts';
import type { LlmProvider } from './provider.ts';

export const gemini: LlmProvider = {
  read(raw) {
    // Google's older SDKs wrap the answer.
    const answer = isAnswer(raw) ? raw : field(raw, 'response');
    if (!isAnswer(answer)) return [];
    return [
      createParsedUsage({
        provider: 'gemini',
        id: textField(answer, 'responseId'),
        model: textField(answer, 'modelVersion'),
        usage: geminiUsage(field(answer, 'usageMetadata')),
        tools: itemsField(answer, 'candidates').flatMap((candidate) =>
          itemsField(field(candidate, 'content'), 'parts').map((part) =>
            textField(field(part, 'functionCall'), 'name'),
          ),
        ),
      }),
    ];
  },
  stream: { isEvent: isAnswer, assemble },
};

/** The usage of an answer, for others that pass it on. */
export function geminiUsage(usage: unknown): LlmUsage {
  const reasoningTokens = countField(usage, 'thoughtsTokenCount');
  const candidates = field(usage, 'candidatesTokenCount');
  const isAllThought = candidates === undefined && reasoningTokens !== null;
  return {
    promptTokens: sum(
      countField(usage, 'promptTokenCount'),
      countField(usage, 'toolUsePromptTokenCount'),
    ),
    completionTokens: isAllThought
      ? reasoningTokens
      : sum(countField(usage, 'candidatesTokenCount'), reasoningTokens),
    cacheReadTokens: countField(usage, 'cachedContentTokenCount'),
    reasoningTokens,
  };
}

function isAnswer(raw: unknown): boolean {
  const candidate = firstItem(raw, 'candidates');
  const usage = field(raw, 'usageMetadata');
  return (
    isObject(field(candidate, 'content')) ||
    (field(candidate, 'finishReason') !== undefined && isObject(candidate)) ||
    field(usage, 'promptTokenCount', 'totalTokenCount') !== undefined ||
    isObject(field(raw, 'promptFeedback'))
  );
}

function assemble(events: readonly unknown[]): unknown {
  const answer: Fields = {};
  const usage: Fields = {};
  const candidates = new Map<unknown, Fields>();
  for (const event of events) {
    putAll(answer, event, ['candidates', 'usageMetadata']);
    putAll(usage, field(event, 'usageMetadata'));
    for (const piece of itemsField(event, 'candidates')) {
      addPiece(partOf(candidates, field(piece, 'index') ?? 0), piece);
    }
  }
  const all = [...candidates.values()];
  const isSettled =
    all.length > 0
      ? all.every((candidate) => typeof candidate['finishReason'] === 'string')
      : isObject(answer['promptFeedback']);
  return {
    ...answer,
    candidates: all,
    usageMetadata: isSettled ? usage : promptSide(usage),
  };
}

function addPiece(candidate: Fields, piece: unknown): void {
  const content = fieldsOf(candidate['content']);
  const pieces = field(piece, 'content');
  putAll(candidate, piece, ['content']);
  putAll(content, pieces, ['parts']);
  const parts = Array.isArray(content['parts']) ? content['parts'] : [];
  for (const part of itemsField(pieces, 'parts')) addPart(parts, fieldsOf(part));
  candidate['content'] = { ...content, parts };
}

/** A text goes on in the same part, unless thoughts end or begin. */
function addPart(parts: unknown[], part: Fields): void {
  const last = parts.at(-1);
  const goesOn =
    typeof part['text'] === 'string' &&
    typeof field(last, 'text') === 'string' &&
    field(last, 'thought') === field(part, 'thought');
  if (!goesOn) parts.push(part);
  else {
    const whole = fieldsOf(last);
    putAll(whole, part, ['text']);
    append(whole, 'text', part['text']);
    parts[parts.length - 1] = whole;
  }
}

/** What is true before the end; tools that Google runs add to the input meanwhile. */
function promptSide(usage: Fields): Fields {
  const { promptTokenCount, cachedContentTokenCount, toolUsePromptTokenCount } = usage;
  return toolUsePromptTokenCount === undefined ? { promptTokenCount, cachedContentTokenCount } : {};
}
