/**
 * Google's Interactions API: `total_input_tokens` includes cached tokens; tool use is counted beside
 * it, thoughts beside the output (https://ai.google.dev/api/interactions-api).
 */

import { partOf, putAll } from '../parsed-usage/merge-chunks.ts';
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

export const geminiInteractions: LlmProvider = {
  parse(raw) {
    if (field(raw, 'object') !== 'interaction') return [];
    return [
      createParsedUsage({
        provider: 'gemini',
        id: textField(raw, 'id'),
        model: textField(raw, 'model', 'agent'),
        usage: interactionUsage(field(raw, 'usage')),
        tools: [...itemsField(raw, 'steps'), ...itemsField(raw, 'outputs')].map(toolName),
      }),
    ];
  },
  stream: { isEvent: isInteractionEvent, assemble },
};

function interactionUsage(usage: unknown): LlmUsage {
  const reasoningTokens = countField(usage, 'total_thought_tokens', 'total_reasoning_tokens');
  return {
    promptTokens: sum(
      countField(usage, 'total_input_tokens'),
      countField(usage, 'total_tool_use_tokens'),
    ),
    completionTokens: sum(countField(usage, 'total_output_tokens'), reasoningTokens),
    cacheReadTokens: countField(usage, 'total_cached_tokens'),
    cacheWriteTokens: null,
    reasoningTokens,
  };
}

/** Google's own tools are named by the type of their call: `google_search_call`. */
function toolName(step: unknown): string | undefined {
  const type = textField(step, 'type');
  if (type === 'function_call' || type === 'mcp_server_tool_call') return textField(step, 'name');
  return type?.endsWith('_call') ? type.slice(0, -'_call'.length) : undefined;
}

function isInteractionEvent(event: unknown): boolean {
  return (
    textField(event, 'event_type')?.startsWith('interaction.') === true &&
    isObject(field(event, 'interaction'))
  );
}

function assemble(events: readonly unknown[]): unknown {
  const interaction: Fields = {};
  const steps = new Map<unknown, Fields>();
  for (const event of events) {
    putAll(interaction, field(event, 'interaction'));
    const index = field(event, 'index');
    if (index !== undefined) putAll(partOf(steps, index), field(event, 'step', 'content', 'delta'));
  }
  const isWhole = itemsField(interaction, 'steps').length > 0;
  return { object: 'interaction', ...interaction, ...(!isWhole && { steps: [...steps.values()] }) };
}
