/** OpenAI's chat completions, see https://platform.openai.com/docs/api-reference/chat. */

import type { Said, Usage } from './said.ts';
import { type Asked, json, serverSentEvents, type Wire, type WireAnswer } from './wire.ts';

export const openaiChat: Wire = { plain, stream, streamError, error: openaiError };

const headersOf = (id: string): Record<string, string> => ({
  'x-request-id': `req_${id}`,
  'openai-processing-ms': '12',
});

function plain(said: Said, { id, model }: Asked): WireAnswer {
  const body = {
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created: 1_760_000_000,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: said.refusal === undefined ? said.pieces.join('') : null,
          refusal: said.refusal ?? null,
          ...(said.toolCalls.length > 0 && { tool_calls: said.toolCalls.map(callOf) }),
          annotations: [],
        },
        logprobs: null,
        finish_reason: finishReason(said),
      },
    ],
    ...(said.usage && { usage: usageOf(said.usage) }),
    service_tier: 'default',
    system_fingerprint: 'fp_1',
  };
  return json(body, headersOf(id));
}

function stream(said: Said, { id, model, body }: Asked): WireAnswer {
  const chunk = (choices: readonly object[], rest: object = {}): string =>
    event({
      id: `chatcmpl-${id}`,
      object: 'chat.completion.chunk',
      created: 1_760_000_000,
      model,
      service_tier: 'default',
      system_fingerprint: 'fp_1',
      choices,
      ...rest,
    });
  const delta = (change: object, reason: string | null = null): string =>
    chunk([{ index: 0, delta: change, logprobs: null, finish_reason: reason }]);
  const wantsUsage = Object(body['stream_options']).include_usage === true;
  const events = [
    delta({ role: 'assistant', content: '', refusal: null }),
    ...(said.refusal === undefined
      ? said.pieces.map((content) => delta({ content }))
      : [delta({ refusal: said.refusal })]),
    ...said.toolCalls.flatMap(({ id: callId, name, input }, index) => {
      const call = { index, id: callId, type: 'function', function: { name, arguments: '' } };
      const parts = halves(JSON.stringify(input));
      return [
        delta({ tool_calls: [call] }),
        ...parts.map((part) => delta({ tool_calls: [{ index, function: { arguments: part } }] })),
      ];
    }),
    delta({}, finishReason(said)),
    ...(wantsUsage && said.usage ? [chunk([], { usage: usageOf(said.usage) })] : []),
    'data: [DONE]\n\n',
  ];
  return serverSentEvents(events, headersOf(id));
}

function streamError(message: string): string {
  return event({ error: { message, type: 'server_error', param: null, code: null } });
}

export function openaiError(status: number, message: string): WireAnswer {
  const type =
    status === 429 ? 'rate_limit_error' : status < 500 ? 'invalid_request_error' : 'server_error';
  const retry = status === 429 ? { 'retry-after-ms': '1' } : {};
  return json(
    { error: { message, type, param: null, code: null } },
    { 'x-request-id': 'req_error', ...retry },
  );
}

export function halves(text: string): [string, string] {
  const middle = Math.floor(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}

function callOf({ id, name, input }: Said['toolCalls'][number]): object {
  return { id, type: 'function', function: { name, arguments: JSON.stringify(input) } };
}

function finishReason({ toolCalls }: Said): string {
  return toolCalls.length > 0 ? 'tool_calls' : 'stop';
}

/** `prompt_tokens` has the cached ones in it, `completion_tokens` the reasoning. */
function usageOf({ input, cached, output, reasoning }: Usage): object {
  return {
    prompt_tokens: input + cached,
    completion_tokens: output + reasoning,
    total_tokens: input + cached + output + reasoning,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
