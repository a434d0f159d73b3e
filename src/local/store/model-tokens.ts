import { isUsageUnknown } from '../../llm/parsed-usage/parsed-usage.ts';
import { parseResponse } from '../../llm/parsing/parse-response.ts';
import type { WireTokens } from '../wire/report-schemas.ts';
import { truncate } from './truncate-text.ts';

/** The tokens that one model used in a task. */
export interface ModelTokens {
  /** `unknown` if the response does not name it. */
  readonly model: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

const unknown = 'unknown';
const maxNameLength = 200;

/**
 * Divides a task's tokens among its models. If the responses do not add up to the reported tokens, all
 * tokens are assigned to the only model, or to `unknown` if there are several.
 */
export function modelTokens(llmResponse: unknown, tokens: WireTokens | null): ModelTokens[] {
  if (tokens === null) return [];
  const shares = tokensByModel(llmResponse);
  const isComplete =
    sum(shares, 'promptTokens') === tokens.prompt_tokens &&
    sum(shares, 'completionTokens') === tokens.completion_tokens;
  if (shares.length > 0 && isComplete) return shares;
  const [only, ...others] = shares.map(({ model }) => model);
  const model = others.length === 0 ? (only ?? modelName(llmResponse)) : undefined;
  return [
    {
      model: model ?? unknown,
      promptTokens: tokens.prompt_tokens,
      completionTokens: tokens.completion_tokens,
    },
  ];
}

/** The number of LLM calls in a response without token counts. */
export function callsWithoutUsage(llmResponse: unknown): number {
  return parseResponse(llmResponse).filter(
    ({ usage, isInputOnly }) => !isInputOnly && isUsageUnknown(usage),
  ).length;
}

function tokensByModel(llmResponse: unknown): ModelTokens[] {
  const shares = new Map<string, ModelTokens>();
  for (const { model: name = unknown, usage } of parseResponse(llmResponse)) {
    const model = truncate(name, maxNameLength);
    const previous = shares.get(model);
    shares.set(model, {
      model,
      promptTokens: (previous?.promptTokens ?? 0) + (usage.promptTokens ?? 0),
      completionTokens: (previous?.completionTokens ?? 0) + (usage.completionTokens ?? 0),
    });
  }
  return [...shares.values()];
}

function sum(shares: readonly ModelTokens[], count: 'promptTokens' | 'completionTokens'): number {
  return shares.reduce((total, share) => total + share[count], 0);
}

/** The model of a response in an unknown format, or one that was truncated. */
function modelName(response: unknown): string | undefined {
  if (typeof response !== 'object' || response === null) return undefined;
  const name =
    ('model' in response && response.model) ||
    ('modelVersion' in response && response.modelVersion);
  return typeof name === 'string' ? truncate(name, maxNameLength) : undefined;
}
