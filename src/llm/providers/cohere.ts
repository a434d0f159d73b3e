/**
 * Cohere's chat (v1 and v2), generate and embed, also through Amazon Bedrock, and the camelCase
 * objects of its own client.
 *
 * `tokens` includes what Cohere itself adds to the prompt, `billed_units` does not
 * (https://docs.cohere.com/reference/chat). `tokens` counts; `billed_units` if it is all there is.
 */

import { append, appendName, partOf, putAll } from '../parsed-usage/merge-chunks.ts';
import { createParsedUsage, type LlmUsage } from '../parsed-usage/parsed-usage.ts';
import type { LlmProvider } from '../parsed-usage/provider.ts';
import {
  countField,
  type Fields,
  field,
  fieldsOf,
  firstItem,
  isObject,
  itemsField,
  textField,
} from '../wire/read-fields.ts';

export const cohere: LlmProvider = {
  parse(raw) {
    const message = field(raw, 'message');
    const isChat = isChatV2(raw);
    const isInputOnly = isEmbedding(raw);
    if (!isChat && !isChatV1(raw) && !isGenerated(raw) && !isInputOnly) return [];
    const usage = field(raw, 'usage', 'meta');
    return [
      createParsedUsage({
        provider: 'cohere',
        id: textField(raw, 'id', 'response_id', 'responseId', 'generation_id', 'generationId'),
        model: textField(raw, 'model'),
        usage: cohereUsage(usage),
        otherUsages: [billedUsage(usage)].filter(({ promptTokens }) => promptTokens !== null),
        isInputOnly,
        tools: isChat
          ? itemsField(message, 'tool_calls', 'toolCalls').map((call) =>
              textField(field(call, 'function'), 'name'),
            )
          : itemsField(raw, 'tool_calls', 'toolCalls').map((call) => textField(call, 'name')),
      }),
    ];
  },
  stream: {
    isEvent: (event) =>
      field(event, 'type') === 'message-start' || typeof field(event, 'event_type') === 'string',
    assemble(events) {
      const end = events.find((event) => field(event, 'event_type') === 'stream-end');
      if (end !== undefined) return field(end, 'response');
      const isV1 = events.some((event) => field(event, 'event_type') !== undefined);
      return isV1 ? assembleCutV1(events) : assembleV2(events);
    },
  },
};

/** The usage of a response, also where a library passes it on. */
export function cohereUsage(usage: unknown): Partial<LlmUsage> {
  const all = inputAndOutput(field(usage, 'tokens'));
  const billed = billedUsage(usage);
  return {
    promptTokens: all.promptTokens ?? billed.promptTokens,
    completionTokens: all.completionTokens ?? billed.completionTokens,
    cacheReadTokens: countField(usage, 'cached_tokens', 'cachedTokens'),
  };
}

function billedUsage(usage: unknown): Counts {
  return inputAndOutput(field(usage, 'billed_units', 'billedUnits'));
}

type Counts = Pick<LlmUsage, 'promptTokens' | 'completionTokens'>;

function inputAndOutput(counts: unknown): Counts {
  return {
    promptTokens: countField(counts, 'input_tokens', 'inputTokens'),
    completionTokens: countField(counts, 'output_tokens', 'outputTokens'),
  };
}

function isChatV2(raw: unknown): boolean {
  const message = field(raw, 'message');
  const isFinished = textField(raw, 'finish_reason', 'finishReason') !== undefined;
  return isObject(message) && (isFinished || field(message, 'role') === 'assistant');
}

function isChatV1(raw: unknown): boolean {
  return (
    typeof field(raw, 'text') === 'string' &&
    textField(raw, 'generation_id', 'generationId', 'response_id', 'responseId') !== undefined
  );
}

function isGenerated(raw: unknown): boolean {
  const first = firstItem(raw, 'generations');
  return typeof field(first, 'text') === 'string' && textField(raw, 'id') !== undefined;
}

function isEmbedding(raw: unknown): boolean {
  return isObject(field(raw, 'embeddings')) && isObject(field(raw, 'meta'));
}

function assembleCutV1(events: readonly unknown[]): unknown {
  const response: Fields = { text: '' };
  for (const event of events) {
    putAll(response, event, ['event_type', 'is_finished', 'text', 'tool_calls']);
    if (field(event, 'event_type') === 'text-generation')
      append(response, 'text', field(event, 'text'));
    append(response, 'tool_calls', field(event, 'tool_calls'));
  }
  return response;
}

function assembleV2(events: readonly unknown[]): unknown {
  const response: Fields = {};
  const message: Fields = {};
  const contents = new Map<unknown, Fields>();
  const calls = new Map<unknown, Fields>();
  for (const event of events) {
    const index = field(event, 'index');
    const delta = field(event, 'delta');
    const piece = field(delta, 'message');
    switch (field(event, 'type')) {
      case 'message-start':
        putAll(response, { id: field(event, 'id') });
        putAll(message, { role: field(piece, 'role') ?? 'assistant' });
        break;
      case 'content-start':
      case 'content-delta':
        addTo(partOf(contents, index), field(piece, 'content'), ['type']);
        break;
      case 'tool-plan-delta':
        append(message, 'tool_plan', field(piece, 'tool_plan', 'toolPlan'));
        break;
      case 'tool-call-start':
      case 'tool-call-delta':
        addCall(partOf(calls, index), field(piece, 'tool_calls', 'toolCalls'));
        break;
      case 'message-end':
        putAll(response, delta);
    }
  }
  const content = contents.size > 0 && { content: [...contents.values()] };
  const tool_calls = calls.size > 0 && { tool_calls: [...calls.values()] };
  return { ...response, message: { ...message, ...content, ...tool_calls } };
}

function addTo(target: Fields, source: unknown, whole: readonly string[]): void {
  for (const [name, piece] of Object.entries(fieldsOf(source))) {
    if (whole.includes(name)) putAll(target, { [name]: piece });
    else append(target, name, piece);
  }
}

function addCall(call: Fields, piece: unknown): void {
  const { function: called, ...facts } = fieldsOf(piece);
  const { name, ...rest } = fieldsOf(called);
  const whole = fieldsOf(call['function']);
  putAll(call, facts);
  appendName(whole, 'name', name);
  addTo(whole, rest, []);
  call['function'] = whole;
}
