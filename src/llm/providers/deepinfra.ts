/**
 * Text generation of DeepInfra's own API (https://deepinfra.com/docs/inference). Its `/v1/openai` has
 * OpenAI's format.
 */

import { createParsedUsage } from '../parsed-usage/parsed-usage.ts';
import type { LlmProvider } from '../parsed-usage/provider.ts';
import { countField, field, isObject, textField } from '../wire/read-fields.ts';

export const deepInfra: LlmProvider = {
  parse(raw) {
    const status = field(raw, 'inference_status');
    if (!isObject(status) || countField(status, 'tokens_generated') === null) return [];
    return [
      createParsedUsage({
        provider: 'deepinfra',
        id: textField(raw, 'request_id'),
        model: undefined,
        usage: {
          promptTokens: countField(status, 'tokens_input'),
          completionTokens: countField(status, 'tokens_generated'),
        },
      }),
    ];
  },
};
