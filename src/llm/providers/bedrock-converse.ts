/**
 * Amazon Bedrock's Converse, the output of the AWS SDK for it, and Amazon Nova by InvokeModel,
 * which answers in the same shape.
 *
 * All input tokens are the sum of `inputTokens`, `cacheReadInputTokens` and
 * `cacheWriteInputTokens`
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html); `outputTokens`
 * includes reasoning, which is not counted apart. A stream tells the usage in its `metadata`
 * event (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html).
 */

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
import { append, parsedOrText, partOf, putAll } from './merge-chunks.ts';
import { createParsedUsage, type LlmUsage } from './parsed-usage.ts';
import type { LlmProvider } from './provider.ts';

const eventNames = [
  'messageStart',
  'contentBlockStart',
  'contentBlockDelta',
  'contentBlockStop',
  'messageStop',
] as const;

export const bedrockConverse: LlmProvider = {
  read(raw) {
    const message = field(field(raw, 'output'), 'message');
    const isAnswer =
      (isObject(message) || textField(raw, 'stopReason') !== undefined) &&
      (field(raw, 'usage') !== undefined || field(message, 'content') !== undefined);
    if (!isAnswer || (!isObject(message) && field(raw, 'metrics') === undefined)) return [];
    return [
      createParsedUsage({
        provider: 'bedrock',
        id: textField(field(raw, '$metadata'), 'requestId'),
        model: undefined,
        usage: converseUsage(field(raw, 'usage')),
        tools: itemsField(message, 'content').map((block) =>
          textField(field(block, 'toolUse'), 'name'),
        ),
      }),
    ];
  },
  stream: {
    isEvent: (event) => eventNames.some((name) => isObject(field(event, name))),
    assemble,
  },
};

function converseUsage(usage: unknown): LlmUsage {
  const cacheReadTokens = countField(usage, 'cacheReadInputTokens', 'cacheReadInputTokenCount');
  return {
    promptTokens: sum(
      countField(usage, 'inputTokens'),
      cacheReadTokens,
      countField(usage, 'cacheWriteInputTokens', 'cacheWriteInputTokenCount'),
    ),
    completionTokens: countField(usage, 'outputTokens'),
    cacheReadTokens,
    reasoningTokens: null,
  };
}

function assemble(events: readonly unknown[]): unknown {
  const answer: Fields = {};
  const message: Fields = {};
  const blocks = new Map<unknown, Fields>();
  for (const event of events) {
    putAll(message, field(event, 'messageStart'));
    putAll(answer, field(event, 'messageStop'));
    putAll(answer, field(event, 'metadata'));
    const start = field(event, 'contentBlockStart');
    const delta = field(event, 'contentBlockDelta');
    if (start !== undefined) {
      putAll(partOf(blocks, field(start, 'contentBlockIndex')), field(start, 'start'));
    }
    if (delta !== undefined) {
      addDelta(partOf(blocks, field(delta, 'contentBlockIndex')), field(delta, 'delta'));
    }
  }
  const content = [...blocks.values()].map(wholeBlock);
  return { ...answer, output: { message: { ...message, content } } };
}

function addDelta(block: Fields, delta: unknown): void {
  for (const [name, piece] of Object.entries(fieldsOf(delta))) {
    if (!isObject(piece)) append(block, name, piece);
    else {
      const part = fieldsOf(block[name]);
      for (const [key, value] of Object.entries(piece)) append(part, key, value);
      block[name] = part;
    }
  }
}

function wholeBlock(block: Fields): Fields {
  const { toolUse, reasoningContent } = block;
  const input = field(toolUse, 'input');
  if (typeof input === 'string') {
    return { ...block, toolUse: { ...fieldsOf(toolUse), input: parsedOrText(input) } };
  }
  return typeof field(reasoningContent, 'text') === 'string'
    ? { ...block, reasoningContent: { reasoningText: reasoningContent } }
    : block;
}
