/**
 * Alibaba Cloud's DashScope in its own protocol; every event of a stream has cumulative counts
 * (https://www.alibabacloud.com/help/en/model-studio/qwen-api-reference). Its compatible mode has
 * OpenAI's format.
 */

import { append, putAll } from '../parsed-usage/merge-chunks.ts';
import { withUnlistedTokens } from '../parsed-usage/openai-usage.ts';
import { createParsedUsage } from '../parsed-usage/parsed-usage.ts';
import type { LlmProvider } from '../parsed-usage/provider.ts';
import {
  countField,
  type Fields,
  field,
  isObject,
  itemsField,
  textField,
} from '../wire/read-fields.ts';

export const dashScope: LlmProvider = {
  parse(raw) {
    if (!isResponse(raw)) return [];
    const usage = field(raw, 'usage');
    const output = field(raw, 'output');
    const isInputOnly = isObject(field(output, 'embeddings'));
    return [
      createParsedUsage({
        provider: 'dashscope',
        id: textField(raw, 'request_id'),
        model: undefined,
        usage: withUnlistedTokens(
          {
            promptTokens: countField(
              usage,
              'input_tokens',
              ...(isInputOnly ? ['total_tokens'] : []),
            ),
            completionTokens: countField(usage, 'output_tokens'),
            cacheReadTokens: countField(field(usage, 'prompt_tokens_details'), 'cached_tokens'),
            cacheWriteTokens: null,
            reasoningTokens: countField(field(usage, 'output_tokens_details'), 'reasoning_tokens'),
          },
          countField(usage, 'total_tokens'),
        ),
        isInputOnly,
        tools: itemsField(output, 'choices').flatMap((choice) =>
          itemsField(field(choice, 'message'), 'tool_calls').map((call) =>
            textField(field(call, 'function'), 'name'),
          ),
        ),
      }),
    ];
  },
  stream: { isEvent: isResponse, assemble },
};

function isResponse(raw: unknown): boolean {
  return isObject(field(raw, 'output')) && textField(raw, 'request_id') !== undefined;
}

function assemble(events: readonly unknown[]): unknown {
  const response: Fields = {};
  const choice: Fields = {};
  const message: Fields = {};
  const output: Fields = {};
  for (const event of events) {
    putAll(response, event, ['output']);
    const piece = field(event, 'output');
    putAll(output, piece, ['choices', 'text']);
    append(output, 'text', field(piece, 'text'));
    const [first] = itemsField(piece, 'choices');
    putAll(choice, first, ['message']);
    putAll(message, field(first, 'message'), ['content']);
    append(message, 'content', field(field(first, 'message'), 'content'));
  }
  const reason = choice['finish_reason'] ?? output['finish_reason'];
  const { usage, ...facts } = response;
  const isSettled = typeof reason === 'string' && reason !== 'null';
  const choices = 'content' in message && { choices: [{ ...choice, message }] };
  return { ...facts, output: { ...output, ...choices }, ...(isSettled && { usage }) };
}
