/**
 * Embeddings of Vertex AI's `predict`: each prediction counts its own input
 * (https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api), and
 * those of the Gemini API, which count nothing.
 */

import { createParsedUsage } from '../parsed-usage/parsed-usage.ts';
import type { LlmProvider } from '../parsed-usage/provider.ts';
import { countField, field, isObject, itemsField, sum } from '../wire/read-fields.ts';

export const vertexEmbeddings: LlmProvider = {
  parse(raw) {
    const predicted = itemsField(raw, 'predictions').map((one) => field(one, 'embeddings'));
    const isPredicted = predicted.some((one) => isObject(field(one, 'values')));
    const isEmbedded = [field(raw, 'embedding'), ...itemsField(raw, 'embeddings')].some((one) =>
      Array.isArray(field(one, 'values')),
    );
    if (!isPredicted && !isEmbedded) return [];
    const counts = predicted.map((one) => countField(field(one, 'statistics'), 'token_count'));
    const total = counts.includes(null) ? null : sum(0, ...counts);
    return [
      createParsedUsage({
        provider: 'gemini',
        id: undefined,
        model: undefined,
        usage: {
          promptTokens: isPredicted
            ? total
            : countField(field(raw, 'usageMetadata'), 'promptTokenCount'),
        },
        isInputOnly: true,
      }),
    ];
  },
};
