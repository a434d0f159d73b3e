/** A provider's own usage object, as libraries pass it on beside their own counts. */

import { chatUsage, responseUsage } from '../parsed-usage/openai-usage.ts';
import type { LlmUsage } from '../parsed-usage/parsed-usage.ts';
import { field } from '../wire/read-fields.ts';
import { messageUsage } from './anthropic.ts';
import { converseUsage } from './bedrock-converse.ts';
import { cohereUsage } from './cohere.ts';
import { geminiUsage } from './gemini.ts';

/** In the order in which they are tried: the most specific names first. */
const formats: readonly {
  readonly names: readonly string[];
  readonly parse: (usage: unknown) => Partial<LlmUsage>;
}[] = [
  { names: ['promptTokenCount'], parse: geminiUsage },
  { names: ['inputTokens'], parse: converseUsage },
  { names: ['tokens', 'billed_units', 'billedUnits'], parse: cohereUsage },
  { names: ['prompt_tokens'], parse: chatUsage },
  { names: ['input_tokens_details'], parse: responseUsage },
  { names: ['input_tokens'], parse: messageUsage },
];

/** Undefined if both counts of the call cannot be found. */
export function providerUsage(usage: unknown): Partial<LlmUsage> | undefined {
  const format = formats.find(({ names }) => field(usage, ...names) !== undefined);
  const parsed = format?.parse(usage);
  return parsed?.promptTokens == null || parsed.completionTokens == null ? undefined : parsed;
}
