/** Anthropic's messages, see https://docs.anthropic.com/en/api/messages. */

import { halves } from './openai-chat.ts';
import type { Said, Usage } from './said.ts';
import { type Asked, json, serverSentEvents, type Wire, type WireAnswer } from './wire.ts';

export const anthropicMessages: Wire = { plain, stream, streamError, error };

const headersOf = (id: string): Record<string, string> => ({
  'request-id': `req_${id}`,
  'anthropic-organization-id': 'org-1',
});

function plain(said: Said, asked: Asked): WireAnswer {
  return json(anthropicMessage(said, asked), headersOf(asked.id));
}

function stream(said: Said, asked: Asked): WireAnswer {
  return serverSentEvents(anthropicEvents(said, asked).map(eventOf), headersOf(asked.id));
}

export function anthropicMessage(said: Said, { id, model }: Asked): object {
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [
      ...(said.refusal === undefined ? [{ type: 'text', text: said.pieces.join('') }] : []),
      ...said.toolCalls.map((call) => ({ type: 'tool_use', ...call })),
    ],
    stop_reason: stopReason(said),
    stop_sequence: null,
    ...(said.usage && { usage: usageOf(said.usage) }),
  };
}

/** The usage of the input comes first, that of the output last. */
export function anthropicEvents(said: Said, asked: Asked): AnthropicEvent[] {
  const { usage } = said;
  const start = { ...anthropicMessage(said, asked), content: [], stop_reason: null };
  const end = { stop_reason: stopReason(said), stop_sequence: null };
  const text = [
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'ping' },
    ...said.pieces.map((piece) => delta(0, { type: 'text_delta', text: piece })),
    { type: 'content_block_stop', index: 0 },
  ];
  const tools = said.toolCalls.flatMap(({ id, name, input }, position) => [
    {
      type: 'content_block_start',
      index: position + 1,
      content_block: { type: 'tool_use', id, name, input: {} },
    },
    delta(position + 1, { type: 'input_json_delta', partial_json: '' }),
    ...halves(JSON.stringify(input)).map((part) =>
      delta(position + 1, { type: 'input_json_delta', partial_json: part }),
    ),
    { type: 'content_block_stop', index: position + 1 },
  ]);
  return [
    {
      type: 'message_start',
      message: {
        ...start,
        ...(usage && { usage: usageOf({ ...usage, output: 1, reasoning: 0 }) }),
      },
    },
    ...(said.refusal === undefined ? text : []),
    ...tools,
    {
      type: 'message_delta',
      delta: end,
      ...(usage && { usage: { output_tokens: usage.output + usage.reasoning } }),
    },
    { type: 'message_stop' },
  ];
}

export interface AnthropicEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

function delta(index: number, change: object): AnthropicEvent {
  return { type: 'content_block_delta', index, delta: change };
}

function eventOf(event: AnthropicEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

function streamError(message: string): string {
  return eventOf({ type: 'error', error: { type: 'overloaded_error', message } });
}

function error(status: number, message: string): WireAnswer {
  const types: Record<number, string> = { 400: 'invalid_request_error', 429: 'rate_limit_error' };
  const body = { type: 'error', error: { type: types[status] ?? 'api_error', message } };
  const retry = status === 429 ? { 'retry-after-ms': '1' } : {};
  return json({ ...body, request_id: 'req_anthropic' }, { ...headersOf('error'), ...retry });
}

function stopReason({ refusal, toolCalls }: Said): string {
  if (refusal !== undefined) return 'refusal';
  return toolCalls.length > 0 ? 'tool_use' : 'end_turn';
}

/** `input_tokens` is without what was read from the cache. */
function usageOf({ input, cached, output, reasoning }: Usage): object {
  return {
    input_tokens: input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: output + reasoning,
    service_tier: 'standard',
  };
}
