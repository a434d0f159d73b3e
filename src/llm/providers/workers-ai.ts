/**
 * Cloudflare Workers AI: `result.usage` of a plain response, the last event of a stream
 * (https://developers.cloudflare.com/workers-ai/models/). Its `/v1` has OpenAI's format.
 */

import { append } from '../parsed-usage/merge-chunks.ts';
import { chatUsage } from '../parsed-usage/openai-usage.ts';
import { createParsedUsage } from '../parsed-usage/parsed-usage.ts';
import type { LlmProvider } from '../parsed-usage/provider.ts';
import { type Fields, field, isObject, itemsField, textField } from '../wire/read-fields.ts';

export const workersAi: LlmProvider = {
  parse(raw) {
    const result = field(raw, 'result');
    if (typeof field(raw, 'success') !== 'boolean' || !isText(result)) return [];
    return [
      createParsedUsage({
        provider: 'workers-ai',
        id: undefined,
        model: undefined,
        usage: chatUsage(field(result, 'usage')),
        tools: itemsField(result, 'tool_calls').map((call) => textField(call, 'name')),
      }),
    ];
  },
  stream: {
    isEvent: (event) => isText(event) && !isObject(field(event, 'response')) && hasNoModel(event),
    assemble,
  },
};

function isText(result: unknown): boolean {
  const hasText = typeof field(result, 'response') === 'string';
  return hasText || (isObject(field(result, 'usage')) && isObject(field(result, 'tool_calls')));
}

/** Ollama streams a `response` too, and names its model. */
function hasNoModel(event: unknown): boolean {
  return field(event, 'model') === undefined && field(event, 'choices') === undefined;
}

function assemble(events: readonly unknown[], isEnded: boolean): unknown {
  const result: Fields = {};
  let hasUsageOnce = false;
  for (const [index, event] of events.entries()) {
    append(result, 'response', field(event, 'response'));
    append(result, 'tool_calls', field(event, 'tool_calls'));
    const usage = field(event, 'usage');
    if (usage === undefined) continue;
    // Some models count along in every event.
    hasUsageOnce = !('usage' in result) && index > 1;
    result['usage'] = usage;
  }
  if (!isEnded && !hasUsageOnce) delete result['usage'];
  return { result, success: true };
}
