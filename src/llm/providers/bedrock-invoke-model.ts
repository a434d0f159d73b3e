/**
 * Families of models whose responses have a format of their own in Amazon Bedrock's InvokeModel:
 * Llama, Titan, Mistral, DeepSeek, Claude's text completions, AI21 Jurassic. The others have the
 * format of their providers.
 *
 * Llama counts in `prompt_token_count` and `generation_token_count`
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-meta.html), Titan in
 * `inputTextTokenCount` and `tokenCount` of each result
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-text.html). The
 * others have no counts: those are in the headers of the response, or in a stream's last event.
 */

import { append, partOf, putAll } from '../parsed-usage/merge-chunks.ts';
import { createParsedUsage, type LlmUsage } from '../parsed-usage/parsed-usage.ts';
import type { LlmProvider } from '../parsed-usage/provider.ts';
import {
  countField,
  type Fields,
  field,
  firstItem,
  isObject,
  itemsField,
  sum,
  textField,
} from '../wire/read-fields.ts';

const texts = ['generation', 'outputText', 'completion'] as const;
const lists = ['outputs', 'choices'] as const;

export const bedrockInvokeModel: LlmProvider = {
  parse(raw) {
    const usage = familyUsage(raw);
    // A guardrail's verdict has outputs too.
    if (usage === undefined || field(raw, 'assessments') !== undefined) return [];
    return [
      createParsedUsage({
        provider: 'bedrock',
        id: textField(raw, 'id'),
        model: textField(raw, 'model'),
        usage,
        isInputOnly: isTitanEmbedding(raw),
      }),
    ];
  },
  stream: {
    isEvent: (event) => familyUsage(event) !== undefined || isTitanPiece(event),
    assemble,
  },
};

/** Undefined if it is a response of none of the families. */
function familyUsage(raw: unknown): Partial<LlmUsage> | undefined {
  if (typeof field(firstItem(raw, 'results'), 'outputText') === 'string') {
    const counts = itemsField(raw, 'results').map((each) => countField(each, 'tokenCount'));
    return {
      promptTokens: countField(raw, 'inputTextTokenCount'),
      completionTokens: counts.includes(null) ? null : sum(0, ...counts),
    };
  }
  if (isTitanEmbedding(raw)) {
    return { promptTokens: countField(raw, 'inputTextTokenCount') };
  }
  const isLlama =
    typeof field(raw, 'generation') === 'string' &&
    isAny(raw, 'prompt_token_count', 'generation_token_count', 'stop_reason');
  if (isLlama) {
    return {
      promptTokens: countField(raw, 'prompt_token_count'),
      completionTokens: countField(raw, 'generation_token_count'),
    };
  }
  const hasNoCounts =
    lists.some((list) => typeof field(firstItem(raw, list), 'text') === 'string') ||
    (typeof field(raw, 'completion') === 'string' && isAny(raw, 'stop_reason', 'stop')) ||
    isObject(field(firstItem(raw, 'completions'), 'data'));
  return hasNoCounts ? {} : undefined;
}

function isTitanEmbedding(raw: unknown): boolean {
  return field(raw, 'inputTextTokenCount') !== undefined && isObject(field(raw, 'embedding'));
}

function isTitanPiece(event: unknown): boolean {
  return typeof field(event, 'outputText') === 'string' && field(event, 'index') !== undefined;
}

function isAny(raw: unknown, ...names: readonly string[]): boolean {
  return isObject(raw) && names.some((name) => name in raw);
}

function assemble(events: readonly unknown[]): unknown {
  const response: Fields = {};
  const parts = { outputs: new Map<unknown, Fields>(), choices: new Map<unknown, Fields>() };
  for (const event of events) {
    putAll(response, event, [...texts, ...lists]);
    for (const name of texts) append(response, name, field(event, name));
    for (const name of lists) {
      for (const [index, piece] of itemsField(event, name).entries()) {
        const part = partOf(parts[name], index);
        putAll(part, piece, ['text']);
        append(part, 'text', field(piece, 'text'));
      }
    }
  }
  for (const name of lists) {
    if (parts[name].size > 0) response[name] = [...parts[name].values()];
  }
  return typeof response['outputText'] === 'string'
    ? titanResponse(response)
    : llamaResponse(response);
}

function titanResponse(response: Fields): Fields {
  const { outputText, completionReason, totalOutputTextTokenCount, index: _, ...facts } = response;
  const isSettled = typeof completionReason === 'string';
  const tokenCount = isSettled ? totalOutputTextTokenCount : undefined;
  return { ...facts, results: [{ tokenCount, outputText, completionReason }] };
}

/** Llama sends cumulative counts in every event. */
function llamaResponse(response: Fields): Fields {
  const { generation_token_count, ...facts } = response;
  return typeof response['stop_reason'] === 'string' ? response : facts;
}
