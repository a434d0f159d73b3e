/**
 * Anthropic messages, also through Amazon Bedrock (InvokeModel) and Vertex AI (rawPredict).
 *
 * `input_tokens` leaves out `cache_read_input_tokens` and `cache_creation_input_tokens`;
 * `output_tokens` includes thinking (https://docs.anthropic.com/en/api/messages). Compaction and
 * advisors are counted in `iterations` only
 * (https://docs.anthropic.com/en/docs/build-with-claude/compaction). A stream's `message_start` has
 * the input and a preliminary output, `message_delta` the cumulative counts
 * (https://docs.anthropic.com/en/docs/build-with-claude/streaming).
 */

import { append, parsedOrText, partOf, putAll } from '../parsed-usage/merge-chunks.ts';
import { createParsedUsage, type LlmUsage } from '../parsed-usage/parsed-usage.ts';
import type { LlmProvider } from '../parsed-usage/provider.ts';
import {
  countField,
  type Fields,
  field,
  fieldsOf,
  isObject,
  itemsField,
  sum,
  textField,
} from '../wire/read-fields.ts';

const toolBlocks: readonly unknown[] = ['tool_use', 'server_tool_use', 'mcp_tool_use'];
const uncountedIterations: readonly unknown[] = ['compaction', 'advisor_message'];

export const anthropic: LlmProvider = {
  parse(raw) {
    if (field(raw, 'type') !== 'message' || field(raw, 'role') !== 'assistant') return [];
    const usage = field(raw, 'usage');
    const isIterated = itemsField(usage, 'iterations').length > 0;
    return [
      createParsedUsage({
        provider: 'anthropic',
        id: textField(raw, 'id'),
        model: textField(raw, 'model'),
        usage: messageUsage(usage),
        otherUsages: isIterated ? [ownUsage(usage)] : [],
        tools: itemsField(raw, 'content')
          .filter((block) => toolBlocks.includes(field(block, 'type')))
          .map((block) => textField(block, 'name')),
      }),
    ];
  },
  stream: {
    isEvent: (event) =>
      field(event, 'type') === 'message_start' && isObject(field(event, 'message')),
    assemble,
  },
};

/** The usage of a message, also where a library passes it on. */
export function messageUsage(usage: unknown): LlmUsage {
  const all = [
    ownUsage(usage),
    ...itemsField(usage, 'iterations')
      .filter((iteration) => uncountedIterations.includes(field(iteration, 'type')))
      .map(ownUsage),
  ];
  const total = (name: keyof LlmUsage): number | null => {
    const [first, ...others] = all.map((one) => one[name]);
    return sum(first ?? null, ...others);
  };
  return {
    promptTokens: total('promptTokens'),
    completionTokens: total('completionTokens'),
    cacheReadTokens: total('cacheReadTokens'),
    cacheWriteTokens: total('cacheWriteTokens'),
    reasoningTokens: total('reasoningTokens'),
  };
}

function ownUsage(usage: unknown): LlmUsage {
  return {
    promptTokens: countField(usage, 'input_tokens'),
    completionTokens: countField(usage, 'output_tokens'),
    cacheReadTokens: countField(usage, 'cache_read_input_tokens'),
    cacheWriteTokens: countField(usage, 'cache_creation_input_tokens'),
    reasoningTokens: countField(field(usage, 'output_tokens_details'), 'thinking_tokens'),
  };
}

function assemble(events: readonly unknown[]): unknown {
  const message: Fields = {};
  const usage: Fields = {};
  const blocks = new Map<unknown, Fields>();
  const inputs = new Map<unknown, string>();
  let isSettled = false;
  for (const event of events) {
    const index = field(event, 'index');
    switch (field(event, 'type')) {
      case 'message_start':
        putAll(message, field(event, 'message'), ['usage', 'content']);
        putAll(usage, field(field(event, 'message'), 'usage'));
        break;
      case 'content_block_start':
        putAll(partOf(blocks, index), field(event, 'content_block'));
        break;
      case 'content_block_delta':
        addDelta(partOf(blocks, index), inputs, index, field(event, 'delta'));
        break;
      case 'message_delta':
        putAll(message, field(event, 'delta'));
        putAll(usage, field(event, 'usage'));
        isSettled ||= typeof message['stop_reason'] === 'string';
        break;
      case 'message_stop':
        isSettled = true;
        break;
      case 'error':
        putAll(message, { error: field(event, 'error') });
    }
  }
  return {
    ...message,
    content: [...blocks].map(([index, block]) => {
      const input = inputs.get(index);
      return input ? { ...block, input: parsedOrText(input) } : block;
    }),
    usage: isSettled ? usage : inputSide(usage, [...blocks.values()]),
  };
}

function addDelta(
  block: Fields,
  inputs: Map<unknown, string>,
  index: unknown,
  delta: unknown,
): void {
  for (const [name, piece] of Object.entries(fieldsOf(delta))) {
    if (name === 'partial_json') inputs.set(index, `${inputs.get(index) ?? ''}${piece}`);
    else if (name === 'citation') append(block, 'citations', [piece]);
    else if (name !== 'type') append(block, name, piece);
  }
}

/** The input counts before the end of a stream. They grow while the server runs tools. */
function inputSide(usage: Fields, blocks: readonly Fields[]): Fields {
  const { output_tokens: _, output_tokens_details: __, iterations: ___, ...input } = usage;
  const isGrowing = blocks.some((block) => block['type'] === 'server_tool_use');
  // Gateways that do not know the input yet say zero.
  return isGrowing || isZero(ownUsage(usage)) ? {} : input;
}

function isZero({ promptTokens, cacheReadTokens, cacheWriteTokens }: LlmUsage): boolean {
  return sum(promptTokens, cacheReadTokens, cacheWriteTokens) === 0;
}
