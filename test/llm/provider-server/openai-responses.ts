/** OpenAI's responses, see https://platform.openai.com/docs/api-reference/responses. */

import { halves, openaiError } from './openai-chat.ts';
import type { Said, ToolCall, Usage } from './said.ts';
import { type Asked, json, serverSentEvents, type Wire, type WireAnswer } from './wire.ts';

export const openaiResponses: Wire = { plain, stream, streamError, error: openaiError };

const headersOf = (id: string): Record<string, string> => ({ 'x-request-id': `req_${id}` });

function plain(said: Said, { id, model }: Asked): WireAnswer {
  return json(finished(said, id, model), headersOf(id));
}

function stream(said: Said, { id, model }: Asked): WireAnswer {
  const empty = { ...finished(said, id, model), status: 'in_progress', output: [], usage: null };
  let number = 0;
  const event = (type: string, data: object): string => {
    number += 1;
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number - 1, ...data })}\n\n`;
  };
  const message = messageOf(said);
  const [part] = message.content;
  const ofMessage = { item_id: message.id, output_index: 0, content_index: 0 };
  const isRefused = said.refusal !== undefined;
  const kind = isRefused ? 'response.refusal' : 'response.output_text';
  const pieces = isRefused ? [said.refusal] : said.pieces;
  const events = [
    event('response.created', { response: empty }),
    event('response.in_progress', { response: empty }),
    event('response.output_item.added', {
      output_index: 0,
      item: { ...message, status: 'in_progress', content: [] },
    }),
    event('response.content_part.added', {
      ...ofMessage,
      part: isRefused ? { type: 'refusal', refusal: '' } : { ...part, text: '' },
    }),
    ...pieces.map((delta) =>
      event(`${kind}.delta`, { ...ofMessage, delta, ...(!isRefused && { logprobs: [] }) }),
    ),
    event(`${kind}.done`, {
      ...ofMessage,
      ...(isRefused ? { refusal: said.refusal } : { text: said.pieces.join(''), logprobs: [] }),
    }),
    event('response.content_part.done', { ...ofMessage, part }),
    event('response.output_item.done', { output_index: 0, item: message }),
    ...said.toolCalls.flatMap((call, index) => callEvents(call, index + 1, event)),
    event('response.completed', { response: finished(said, id, model) }),
  ];
  return serverSentEvents(events, headersOf(id));
}

function streamError(message: string): string {
  const error = { type: 'error', sequence_number: 99, code: 'server_error', message, param: null };
  return `event: error\ndata: ${JSON.stringify(error)}\n\n`;
}

function callEvents(
  call: ToolCall,
  index: number,
  event: (type: string, data: object) => string,
): string[] {
  const item = callOf(call);
  const of = { item_id: item.id, output_index: index };
  return [
    event('response.output_item.added', {
      output_index: index,
      item: { ...item, status: 'in_progress', arguments: '' },
    }),
    ...halves(item.arguments).map((delta) =>
      event('response.function_call_arguments.delta', { ...of, delta }),
    ),
    event('response.function_call_arguments.done', {
      ...of,
      name: item.name,
      arguments: item.arguments,
    }),
    event('response.output_item.done', { output_index: index, item }),
  ];
}

function finished(said: Said, id: string, model: string): object {
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: 1_760_000_000,
    status: 'completed',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    model,
    output: [messageOf(said), ...said.toolCalls.map(callOf)],
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    service_tier: 'default',
    store: true,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: said.usage ? usageOf(said.usage) : null,
    metadata: {},
  };
}

function messageOf(said: Said): { readonly id: string; readonly content: readonly object[] } {
  const part =
    said.refusal === undefined
      ? { type: 'output_text', annotations: [], logprobs: [], text: said.pieces.join('') }
      : { type: 'refusal', refusal: said.refusal };
  const message = { type: 'message', id: 'msg_1', status: 'completed', role: 'assistant' };
  return { ...message, content: [part] };
}

function callOf({ id, name, input }: ToolCall): {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
} {
  const call = { type: 'function_call', id: `fc_${id}`, call_id: id, name, status: 'completed' };
  return { ...call, arguments: JSON.stringify(input) };
}

/** `input_tokens` has the cached ones in it, `output_tokens` the reasoning. */
function usageOf({ input, cached, output, reasoning }: Usage): object {
  return {
    input_tokens: input + cached,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output + reasoning,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + cached + output + reasoning,
  };
}
