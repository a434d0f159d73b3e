/**
 * OpenAI's legacy completions and its embeddings, also of compatible servers. Both count like a
 * chat (https://platform.openai.com/docs/api-reference/completions/object,
 * https://platform.openai.com/docs/api-reference/embeddings); an embedding has no completion.
 */

import {
  type Fields,
  field,
  fieldsOf,
  firstItem,
  itemsField,
  textField,
} from '../wire/read-fields.ts';
import { append, partOf, putAll } from './merge-chunks.ts';
import { chatUsage } from './openai-chat.ts';
import { createParsedUsage } from './parsed-usage.ts';
import type { LlmProvider } from './provider.ts';

export const openAiCompletions: LlmProvider = {
  read(raw) {
    if (field(raw, 'object') !== 'text_completion' && !isEmbeddings(raw)) return [];
    return [
      createParsedUsage({
        provider: 'openai',
        id: textField(raw, 'id'),
        model: textField(raw, 'model'),
        usage: chatUsage(field(raw, 'usage')),
      }),
    ];
  },
  stream: {
    isEvent: (event) => field(event, 'object') === 'text_completion',
    assemble,
  },
};

function isEmbeddings(raw: unknown): boolean {
  const isList = field(raw, 'object') === 'list';
  return isList && field(firstItem(raw, 'data'), 'object') === 'embedding';
}

function assemble(events: readonly unknown[]): unknown {
  const answer: Fields = {};
  const choices = new Map<unknown, Fields>();
  const unfinished = new Set<unknown>();
  let usage: Fields | undefined;
  for (const event of events) {
    putAll(answer, event, ['choices', 'usage']);
    const pieces = itemsField(event, 'choices');
    for (const piece of pieces) {
      const index = field(piece, 'index') ?? 0;
      if (!choices.has(index)) unfinished.add(index);
      if (typeof field(piece, 'finish_reason') === 'string') unfinished.delete(index);
      const choice = partOf(choices, index);
      putAll(choice, piece, ['text']);
      append(choice, 'text', field(piece, 'text'));
    }
    const counted = field(event, 'usage');
    if (counted === undefined) continue;
    const isSettled = pieces.length === 0 || unfinished.size === 0;
    // Before the end only the prompt is counted in full.
    const { prompt_tokens } = fieldsOf(counted);
    usage = isSettled ? fieldsOf(counted) : { prompt_tokens };
  }
  return { ...answer, choices: [...choices.values()], ...(usage !== undefined && { usage }) };
}
