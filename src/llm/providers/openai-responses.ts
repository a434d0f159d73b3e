/**
 * OpenAI's Responses API, also of Azure OpenAI and servers that imitate it, with its compactions.
 *
 * `input_tokens` includes cached tokens, `output_tokens` includes reasoning tokens
 * (https://platform.openai.com/docs/api-reference/responses/object). A stream has the whole
 * response, with its usage, in its last event
 * (https://platform.openai.com/docs/api-reference/responses-streaming).
 */

import { append, partOf, putAll } from '../parsed-usage/merge-chunks.ts';
import { responseUsage } from '../parsed-usage/openai-usage.ts';
import { createParsedUsage } from '../parsed-usage/parsed-usage.ts';
import type { LlmProvider } from '../parsed-usage/provider.ts';
import {
  type Fields,
  field,
  fieldsOf,
  isObject,
  itemsField,
  textField,
} from '../wire/read-fields.ts';

const namedCalls: readonly unknown[] = ['function_call', 'custom_tool_call', 'mcp_call'];
const responseObjects: readonly unknown[] = ['response', 'response.compaction'];
const lastEvents: readonly unknown[] = [
  'response.completed',
  'response.incomplete',
  'response.failed',
];

export const openAiResponses: LlmProvider = {
  parse(raw) {
    if (!responseObjects.includes(field(raw, 'object'))) return [];
    return [
      createParsedUsage({
        provider: 'openai',
        id: textField(raw, 'id'),
        model: textField(raw, 'model'),
        usage: responseUsage(field(raw, 'usage')),
        tools: itemsField(raw, 'output').map(toolName),
      }),
    ];
  },
  stream: {
    isEvent: (event) =>
      textField(event, 'type')?.startsWith('response.') === true &&
      (isObject(field(event, 'response')) || field(event, 'output_index') !== undefined),
    assemble,
  },
};

/** OpenAI's built-in tools are named by the type of their item: `web_search_call`. */
function toolName(item: unknown): string | undefined {
  const type = textField(item, 'type');
  if (namedCalls.includes(type)) return textField(item, 'name');
  return type?.endsWith('_call') ? type.slice(0, -'_call'.length) : undefined;
}

function assemble(events: readonly unknown[]): unknown {
  const response: Fields = {};
  const items = new Map<unknown, Fields>();
  let isSettled = false;
  for (const event of events) {
    const type = field(event, 'type');
    isSettled ||= lastEvents.includes(type);
    putAll(response, field(event, 'response'));
    const index = field(event, 'output_index');
    if (index !== undefined) addToItem(partOf(items, index), type, event);
  }
  const { usage, ...facts } = response;
  const isComplete = isSettled && itemsField(response, 'output').length > 0;
  return {
    ...facts,
    object: 'response',
    ...(!isComplete && { output: [...items.values()] }),
    ...(isSettled && { usage }),
  };
}

function addToItem(item: Fields, type: unknown, event: unknown): void {
  const delta = field(event, 'delta');
  switch (type) {
    case 'response.output_item.added':
    case 'response.output_item.done':
      putAll(item, field(event, 'item'));
      break;
    case 'response.function_call_arguments.delta':
      append(item, 'arguments', delta);
      break;
    case 'response.output_text.delta': {
      const [part] = itemsField(item, 'content');
      const whole = { type: 'output_text', ...fieldsOf(part) };
      append(whole, 'text', delta);
      item['content'] = [whole];
    }
  }
}
