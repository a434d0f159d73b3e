/**
 * Amazon Bedrock's Converse, the AWS SDK's output of it, and Amazon Nova through InvokeModel, which
 * has the same format.
 *
 * `inputTokens` leaves out `cacheReadInputTokens` and `cacheWriteInputTokens`
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html); `outputTokens`
 * includes reasoning, which has no count of its own. A stream has its usage in the `metadata`
 * event (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html).
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
  textField,
} from '../wire/read-fields.ts';

const eventNames = [
  'messageStart',
  'contentBlockStart',
  'contentBlockDelta',
  'contentBlockStop',
  'messageStop',
] as const;

export const bedrockConverse: LlmProvider = {
  parse(raw) {
    const message = field(field(raw, 'output'), 'message');
    const isResponse =
      (isObject(message) || textField(raw, 'stopReason') !== undefined) &&
      (field(raw, 'usage') !== undefined || field(message, 'content') !== undefined);
    if (!isResponse || (!isObject(message) && field(raw, 'metrics') === undefined)) return [];
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

/** The usage of a Converse call, also where a library passes it on. */
export function converseUsage(usage: unknown): LlmUsage {
  return {
    promptTokens: countField(usage, 'inputTokens'),
    completionTokens: countField(usage, 'outputTokens'),
    cacheReadTokens: countField(usage, 'cacheReadInputTokens', 'cacheReadInputTokenCount'),
    cacheWriteTokens: countField(usage, 'cacheWriteInputTokens', 'cacheWriteInputTokenCount'),
    reasoningTokens: null,
  };
}

function assemble(events: readonly unknown[]): unknown {
  const response: Fields = {};
  const message: Fields = {};
  const blocks = new Map<unknown, Fields>();
  for (const event of events) {
    putAll(message, field(event, 'messageStart'));
    putAll(response, field(event, 'messageStop'));
    putAll(response, field(event, 'metadata'));
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
  return { ...response, output: { message: { ...message, content } } };
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
