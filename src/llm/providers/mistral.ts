/**
 * Mistral's conversations, and the camelCase objects of its own client. Its chat completions have
 * OpenAI's format on the wire.
 *
 * Chats count like OpenAI's (https://docs.mistral.ai/api/#tag/chat); a conversation counts the input
 * of its connectors as `connector_tokens` beside the prompt
 * (https://docs.mistral.ai/api/#tag/beta.conversations).
 */

import { append, partOf, putAll } from '../parsed-usage/merge-chunks.ts';
import { chatUsage } from '../parsed-usage/openai-usage.ts';
import { createParsedUsage, type LlmUsage } from '../parsed-usage/parsed-usage.ts';
import type { LlmProvider } from '../parsed-usage/provider.ts';
import {
  countField,
  type Fields,
  field,
  isObject,
  itemsField,
  sum,
  textField,
} from '../wire/read-fields.ts';

export const mistral: LlmProvider = {
  parse(raw) {
    const outputs = itemsField(raw, 'outputs');
    const isConversation =
      field(raw, 'object') === 'conversation.response' ||
      (textField(raw, 'conversationId') !== undefined && field(raw, 'outputs') !== undefined);
    const choices = itemsField(raw, 'choices');
    if (!isConversation && !choices.some(isClientChoice)) return [];
    const usage = field(raw, 'usage');
    return [
      createParsedUsage({
        provider: 'mistral',
        // The id of a conversation is that of all its turns.
        id: textField(raw, 'id') ?? textField(outputs.at(-1), 'id'),
        model: textField(raw, 'model') ?? textField(outputs.at(-1), 'model'),
        usage: isConversation ? conversationUsage(usage) : chatUsage(usage),
        tools: isConversation
          ? outputs.filter(isCall).map((entry) => textField(entry, 'name'))
          : choices
              .flatMap((choice) => itemsField(field(choice, 'message'), 'toolCalls'))
              .map((call) => textField(field(call, 'function'), 'name')),
      }),
    ];
  },
  stream: {
    isEvent: (event) => field(event, 'type') === 'conversation.response.started',
    assemble,
  },
};

function conversationUsage(usage: unknown): Partial<LlmUsage> {
  return {
    promptTokens: sum(
      countField(usage, 'prompt_tokens', 'promptTokens'),
      countField(usage, 'connector_tokens', 'connectorTokens'),
    ),
    completionTokens: countField(usage, 'completion_tokens', 'completionTokens'),
  };
}

function isClientChoice(choice: unknown): boolean {
  return isObject(field(choice, 'message')) && field(choice, 'finishReason') !== undefined;
}

function isCall(entry: unknown): boolean {
  const type = field(entry, 'type');
  return type === 'function.call' || type === 'tool.execution';
}

function assemble(events: readonly unknown[]): unknown {
  const response: Fields = {};
  const entries = new Map<unknown, Fields>();
  for (const event of events) {
    const index = field(event, 'output_index');
    switch (field(event, 'type')) {
      case 'conversation.response.started':
        putAll(response, { conversation_id: field(event, 'conversation_id') });
        break;
      case 'conversation.response.done':
        putAll(response, { usage: field(event, 'usage') });
        break;
      case 'function.call.delta':
        addEntry(partOf(entries, index), 'function.call', event, 'arguments');
        break;
      case 'tool.execution.started':
        addEntry(partOf(entries, index), 'tool.execution', event, 'arguments');
        break;
      case 'message.output.delta':
        addEntry(partOf(entries, index), 'message.output', event, 'content');
    }
  }
  return { ...response, object: 'conversation.response', outputs: [...entries.values()] };
}

function addEntry(entry: Fields, type: string, event: unknown, text: string): void {
  putAll(entry, event, ['type', text, 'output_index']);
  putAll(entry, { type });
  append(entry, text, field(event, text));
}
