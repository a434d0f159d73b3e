import { parseResponse } from '../../llm/parsing/parse-response.ts';
import { isUsageUnknown } from '../../llm/providers/parsed-usage.ts';
import type { WireTokens } from '../wire/report-schemas.ts';
import { shorten } from './short-text.ts';

/** Tokens that a model took in a run. */
export interface ModelTokens {
  /** `unknown` where the response does not say. */
  readonly model: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

const unknown = 'unknown';
const longestName = 200;

/**
 * Shares a run's tokens among its models. Where the responses do not add up to what was reported,
 * everything goes to the only model, or to `unknown` when there are several.
 */
export function modelTokens(llmResponse: unknown, tokens: WireTokens | null): ModelTokens[] {
  if (tokens === null) return [];
  const shares = sharesOf(llmResponse);
  const isWhole =
    sum(shares, 'promptTokens') === tokens.prompt_tokens &&
    sum(shares, 'completionTokens') === tokens.completion_tokens;
  if (shares.length > 0 && isWhole) return shares;
  const [only, ...others] = shares.map(({ model }) => model);
  const model = others.length === 0 ? (only ?? plainModel(llmResponse)) : undefined;
  return [
    {
      model: model ?? unknown,
      promptTokens: tokens.prompt_tokens,
      completionTokens: tokens.completion_tokens,
    },
  ];
}

/** How many LLM calls in a response have no token counts. */
export function callsWithoutUsage(llmResponse: unknown): number {
  return parseResponse(llmResponse).filter(
    ({ usage, isInputOnly }) => !isInputOnly && isUsageUnknown(usage),
  ).length;
}

function sharesOf(llmResponse: unknown): ModelTokens[] {
  const shares = new Map<string, ModelTokens>();
  for (const { model: name = unknown, usage } of parseResponse(llmResponse)) {
    const model = shorten(name, longestName);
    const before = shares.get(model);
    shares.set(model, {
      model,
      promptTokens: (before?.promptTokens ?? 0) + (usage.promptTokens ?? 0),
      completionTokens: (before?.completionTokens ?? 0) + (usage.completionTokens ?? 0),
    });
  }
  return [...shares.values()];
}

function sum(shares: readonly ModelTokens[], count: 'promptTokens' | 'completionTokens'): number {
  return shares.reduce((all, share) => all + share[count], 0);
}

/** Of a response whose shape nobody knows, or that was cut to its first fields. */
function plainModel(response: unknown): string | undefined {
  if (typeof response !== 'object' || response === null) return undefined;
  const name =
    ('model' in response && response.model) ||
    ('modelVersion' in response && response.modelVersion);
  return typeof name === 'string' ? shorten(name, longestName) : undefined;
}
