/**
 * OpenAI's legacy completions and its embeddings, also of servers that imitate them. Both count like
 * a chat (https://platform.openai.com/docs/api-reference/completions/object,
 * https://platform.openai.com/docs/api-reference/embeddings); Voyage and Jina count an embedding in
 * its total only.
 */

import { append, partOf, putAll } from '../parsed-usage/merge-chunks.ts';
import { chatUsage } from '../parsed-usage/openai-usage.ts';
import { createParsedUsage, type LlmUsage } from '../parsed-usage/parsed-usage.ts';
import type { LlmProvider } from '../parsed-usage/provider.ts';
import { createStreamedUsage } from '../parsed-usage/streamed-usage.ts';
import {
  countField,
  type Fields,
  field,
  firstItem,
  itemsField,
  textField,
} from '../wire/read-fields.ts';

export const openAiCompletions: LlmProvider = {
  parse(raw) {
    const isInputOnly = isEmbeddings(raw);
    if (!isCompletion(raw) && !isInputOnly) return [];
    const usage = field(raw, 'usage');
    return [
      createParsedUsage({
        provider: 'openai',
        id: textField(raw, 'id'),
        model: textField(raw, 'model'),
        usage: isInputOnly ? embeddingUsage(usage) : chatUsage(usage),
        isInputOnly,
      }),
    ];
  },
  stream: { isEvent: isCompletion, assemble },
};

/** Together writes a dot. */
function isCompletion(raw: unknown): boolean {
  const object = field(raw, 'object');
  return object === 'text_completion' || object === 'text.completion';
}

function isEmbeddings(raw: unknown): boolean {
  const first = firstItem(raw, 'data');
  const isList = field(raw, 'object') === 'list';
  return isList && (field(first, 'object') === 'embedding' || field(first, 'embedding') != null);
}

function embeddingUsage(usage: unknown): Partial<LlmUsage> {
  const { promptTokens } = chatUsage(usage);
  return { promptTokens: promptTokens ?? countField(usage, 'total_tokens') };
}

function assemble(events: readonly unknown[], isEnded: boolean): unknown {
  const response: Fields = {};
  const choices = new Map<unknown, Fields>();
  const usage = createStreamedUsage();
  for (const event of events) {
    putAll(response, event, ['choices', 'usage']);
    const pieces = itemsField(event, 'choices');
    for (const piece of pieces) {
      const choice = partOf(choices, field(piece, 'index') ?? 0);
      putAll(choice, piece, ['text']);
      append(choice, 'text', field(piece, 'text'));
    }
    usage.add(event, pieces);
  }
  const counted = usage.final(isEnded);
  return { ...response, choices: [...choices.values()], ...(counted && { usage: counted }) };
}
