/**
 * Families of models whose answers by Amazon Bedrock's InvokeModel have a shape of their own:
 * Llama, Titan, Mistral, DeepSeek, Claude's text completions, AI21 Jurassic. The others answer
 * like their own providers.
 *
 * Llama counts in `prompt_token_count` and `generation_token_count`
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-meta.html), Titan in
 * `inputTextTokenCount` and `tokenCount` of each result
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-text.html). The
 * others say nothing: the headers of the response do, and the last event of a stream.
 */

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
import { append, partOf, putAll } from './merge-chunks.ts';
import { createParsedUsage, type LlmUsage } from './parsed-usage.ts';
import type { LlmProvider } from './provider.ts';

const texts = ['generation', 'outputText', 'completion'] as const;
const lists = ['outputs', 'choices'] as const;

export const bedrockInvokeModel: LlmProvider = {
  read(raw) {
    const usage = familyUsage(raw);
    if (usage === undefined) return [];
    return [
      createParsedUsage({
        provider: 'bedrock',
        id: textField(raw, 'id'),
        model: textField(raw, 'model'),
        usage,
      }),
    ];
  },
  stream: {
    isEvent: (event) => familyUsage(event) !== undefined || isTitanPiece(event),
    assemble,
  },
};

/** undefined when it is an answer of none of the families. */
function familyUsage(raw: unknown): Partial<LlmUsage> | undefined {
  if (typeof field(firstItem(raw, 'results'), 'outputText') === 'string') {
    const counts = itemsField(raw, 'results').map((each) => countField(each, 'tokenCount'));
    return {
      promptTokens: countField(raw, 'inputTextTokenCount'),
      completionTokens: counts.includes(null) ? null : sum(0, ...counts),
    };
  }
  if (field(raw, 'inputTextTokenCount') !== undefined && isObject(field(raw, 'embedding'))) {
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

function isTitanPiece(event: unknown): boolean {
  return typeof field(event, 'outputText') === 'string' && field(event, 'index') !== undefined;
}

function isAny(raw: unknown, ...names: readonly string[]): boolean {
  return isObject(raw) && names.some((name) => name in raw);
}

function assemble(events: readonly unknown[]): unknown {
  const answer: Fields = {};
  const parts = { outputs: new Map<unknown, Fields>(), choices: new Map<unknown, Fields>() };
  for (const event of events) {
    putAll(answer, event, [...texts, ...lists]);
    for (const name of texts) append(answer, name, field(event, name));
    for (const name of lists) {
      for (const [index, piece] of itemsField(event, name).entries()) {
        const part = partOf(parts[name], index);
        putAll(part, piece, ['text']);
        append(part, 'text', field(piece, 'text'));
      }
    }
  }
  for (const name of lists) {
    if (parts[name].size > 0) answer[name] = [...parts[name].values()];
  }
  return typeof answer['outputText'] === 'string' ? titanAnswer(answer) : llamaAnswer(answer);
}

function titanAnswer(answer: Fields): Fields {
  const { outputText, completionReason, totalOutputTextTokenCount, index: _, ...facts } = answer;
  const isSettled = typeof completionReason === 'string';
  const tokenCount = isSettled ? totalOutputTextTokenCount : undefined;
  return { ...facts, results: [{ tokenCount, outputText, completionReason }] };
}

/** Llama counts along in every event. */
function llamaAnswer(answer: Fields): Fields {
  const { generation_token_count, ...facts } = answer;
  return typeof answer['stop_reason'] === 'string' ? answer : facts;
}
