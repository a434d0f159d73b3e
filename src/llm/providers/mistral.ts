/**
 * Mistral's agents (conversations) and the objects of its own client, which writes all fields in
 * camel case. Its chat completions on the wire are read as OpenAI's.
 *
 * Chats count like OpenAI's (https://docs.mistral.ai/api/#tag/chat); a conversation counts what
 * its connectors put in as `connector_tokens` beside the prompt
 * (https://docs.mistral.ai/api/#tag/beta.conversations).
 */

import {
  countField,
  type Fields,
  field,
  isObject,
  itemsField,
  sum,
  textField,
} from '../wire/read-fields.ts';
import { append, partOf, putAll } from './merge-chunks.ts';
import { createParsedUsage } from './parsed-usage.ts';
import type { LlmProvider } from './provider.ts';

export const mistral: LlmProvider = {
  read(raw) {
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
        id: textField(raw, 'id', 'conversation_id', 'conversationId'),
        model: textField(raw, 'model') ?? textField(outputs.at(-1), 'model'),
        usage: {
          promptTokens: sum(
            countField(usage, 'prompt_tokens', 'promptTokens'),
            countField(usage, 'connector_tokens', 'connectorTokens'),
          ),
          completionTokens: countField(usage, 'completion_tokens', 'completionTokens'),
        },
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

function isClientChoice(choice: unknown): boolean {
  return isObject(field(choice, 'message')) && field(choice, 'finishReason') !== undefined;
}

function isCall(entry: unknown): boolean {
  const type = field(entry, 'type');
  return type === 'function.call' || type === 'tool.execution';
}

function assemble(events: readonly unknown[]): unknown {
  const answer: Fields = {};
  const entries = new Map<unknown, Fields>();
  for (const event of events) {
    const index = field(event, 'output_index');
    switch (field(event, 'type')) {
      case 'conversation.response.started':
        putAll(answer, { conversation_id: field(event, 'conversation_id') });
        break;
      case 'conversation.response.done':
        putAll(answer, { usage: field(event, 'usage') });
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
  return { ...answer, object: 'conversation.response', outputs: [...entries.values()] };
}

function addEntry(entry: Fields, type: string, event: unknown, text: string): void {
  putAll(entry, event, ['type', text, 'output_index']);
  putAll(entry, { type });
  append(entry, text, field(event, text));
}
