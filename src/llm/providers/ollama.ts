/**
 * Ollama's own API. Its `/v1` has OpenAI's format.
 *
 * `prompt_eval_count` is the prompt, `eval_count` the completion, thinking included
 * (https://github.com/ollama/ollama/blob/main/docs/api.md). In a stream only the last object has
 * them, with `done: true`.
 */

import { append, putAll } from '../parsed-usage/merge-chunks.ts';
import { createParsedUsage } from '../parsed-usage/parsed-usage.ts';
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

export const ollama: LlmProvider = {
  parse(raw) {
    const isInputOnly = isEmbedding(raw);
    if (!isPiece(raw) && !isInputOnly) return [];
    return [
      createParsedUsage({
        provider: 'ollama',
        id: undefined,
        model: textField(raw, 'model'),
        usage: {
          promptTokens: countField(raw, 'prompt_eval_count'),
          completionTokens: countField(raw, 'eval_count'),
        },
        isInputOnly,
        tools: itemsField(field(raw, 'message'), 'tool_calls').map((call) =>
          textField(field(call, 'function'), 'name'),
        ),
      }),
    ];
  },
  stream: { isEvent: isPiece, assemble },
};

function isPiece(raw: unknown): boolean {
  return (
    typeof field(raw, 'done') === 'boolean' &&
    textField(raw, 'model') !== undefined &&
    (isObject(field(raw, 'message')) || typeof field(raw, 'response') === 'string')
  );
}

function isEmbedding(raw: unknown): boolean {
  return (
    textField(raw, 'model') !== undefined &&
    isObject(field(raw, 'embeddings')) &&
    field(raw, 'total_duration') !== undefined
  );
}

function assemble(events: readonly unknown[]): unknown {
  const response: Fields = {};
  const message: Fields = {};
  for (const event of events) {
    putAll(response, event, ['message', 'response', 'thinking']);
    append(response, 'response', field(event, 'response'));
    append(response, 'thinking', field(event, 'thinking'));
    const { role, ...pieces } = fieldsOf(field(event, 'message'));
    putAll(message, { role });
    for (const [name, piece] of Object.entries(pieces)) append(message, name, piece);
  }
  return 'role' in message ? { ...response, message } : response;
}
