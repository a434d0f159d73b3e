/** Puts the chunks of a Gemini stream together. */

import { append, partOf, putAll } from '../parsed-usage/merge-chunks.ts';
import { type Fields, field, fieldsOf, isObject, itemsField } from '../wire/read-fields.ts';

export function assembleGemini(events: readonly unknown[]): unknown {
  const response: Fields = {};
  const usage: Fields = {};
  const candidates = new Map<unknown, Fields>();
  let isSettled = false;
  for (const event of events) {
    putAll(response, event, [
      'candidates',
      'usageMetadata',
      ...(response['responseId'] ? ['responseId'] : []),
    ]);
    for (const piece of itemsField(event, 'candidates')) {
      addPiece(partOf(candidates, field(piece, 'index') ?? 0), piece);
    }
    const counted = fieldsOf(field(event, 'usageMetadata'));
    if (!('promptTokenCount' in counted) && !('totalTokenCount' in counted)) {
      putAll(usage, counted);
      continue;
    }
    // Counts of zero are left out: an earlier chunk's must not stay.
    for (const name of cumulative) if (!(name in counted)) delete usage[name];
    putAll(usage, counted);
    // Counts of a chunk before the last one are preliminary.
    isSettled = isFinished(candidates, response);
  }
  return {
    ...response,
    candidates: [...candidates.values()],
    usageMetadata: isSettled ? usage : promptSide(usage),
  };
}

const cumulative = ['candidatesTokenCount', 'thoughtsTokenCount', 'totalTokenCount'] as const;

function isFinished(candidates: ReadonlyMap<unknown, Fields>, response: Fields): boolean {
  if (candidates.size === 0) return isObject(response['promptFeedback']);
  return [...candidates.values()].every(hasFinished);
}

/** The reason is a name or, with `enum-encoding=int`, a number; zero stands for no reason. */
export function hasFinished(candidate: unknown): boolean {
  const reason = field(candidate, 'finishReason');
  return typeof reason === 'string'
    ? reason !== '' && reason !== 'FINISH_REASON_UNSPECIFIED'
    : typeof reason === 'number' && reason > 0;
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

/** A text continues in the same part, unless thoughts end or begin. */
function addPart(parts: unknown[], part: Fields): void {
  const last = parts.at(-1);
  const continues =
    typeof part['text'] === 'string' &&
    typeof field(last, 'text') === 'string' &&
    field(last, 'thought') === field(part, 'thought');
  if (!continues) parts.push(part);
  else {
    const whole = fieldsOf(last);
    putAll(whole, part, ['text']);
    append(whole, 'text', part['text']);
    parts[parts.length - 1] = whole;
  }
}

/** The counts that hold before the end. Tools that Google runs add to the input until then. */
function promptSide(usage: Fields): Fields {
  const { promptTokenCount, cachedContentTokenCount, toolUsePromptTokenCount } = usage;
  return toolUsePromptTokenCount === undefined ? { promptTokenCount, cachedContentTokenCount } : {};
}
