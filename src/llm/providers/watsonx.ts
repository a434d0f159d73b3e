/**
 * Text generation of IBM watsonx.ai, which counts each result
 * (https://cloud.ibm.com/apidocs/watsonx-ai#text-generation). Its chats have OpenAI's format.
 */

import { append, putAll } from '../parsed-usage/merge-chunks.ts';
import { createParsedUsage } from '../parsed-usage/parsed-usage.ts';
import type { LlmProvider } from '../parsed-usage/provider.ts';
import { countField, type Fields, field, itemsField, sum, textField } from '../wire/read-fields.ts';

export const watsonx: LlmProvider = {
  parse(raw) {
    const results = itemsField(raw, 'results');
    if (!isGeneration(raw)) return [];
    const total = (name: string): number | null => {
      const counts = results.map((result) => countField(result, name));
      return counts.includes(null) ? null : sum(0, ...counts);
    };
    return [
      createParsedUsage({
        provider: 'watsonx',
        id: undefined,
        model: textField(raw, 'model_id'),
        usage: {
          promptTokens: total('input_token_count'),
          completionTokens: total('generated_token_count'),
        },
      }),
    ];
  },
  stream: { isEvent: isGeneration, assemble },
};

function isGeneration(raw: unknown): boolean {
  return (
    field(raw, 'model_id') !== undefined &&
    itemsField(raw, 'results').some((result) => typeof field(result, 'generated_text') === 'string')
  );
}

/** The counts of a stream are cumulative; its first event alone has the input. */
function assemble(events: readonly unknown[]): unknown {
  const response: Fields = {};
  const result: Fields = {};
  for (const event of events) {
    putAll(response, event, ['results']);
    const [piece] = itemsField(event, 'results');
    const before = result['input_token_count'];
    putAll(result, piece, ['generated_text']);
    append(result, 'generated_text', field(piece, 'generated_text'));
    if (typeof before === 'number' && before > 0) result['input_token_count'] = before;
  }
  const reason = result['stop_reason'];
  const isSettled = typeof reason === 'string' && reason !== 'not_finished';
  const { generated_token_count, ...facts } = result;
  return { ...response, results: [isSettled ? { ...facts, generated_token_count } : facts] };
}
