/** One LLM call, which several sources may have observed. */
import type { LlmUsage, ParsedUsage } from '../parsed-usage/parsed-usage.ts';
import { isUsageUnknown } from '../parsed-usage/parsed-usage.ts';

/** Who observed a call. The first that knows both sides decides its tokens: the wire wins. */
export const sources = ['http', 'manual', 'otel'] as const;

export type Source = (typeof sources)[number];

/** One source's view of one call. */
export interface Observation {
  readonly source: Source;
  readonly usage: ParsedUsage;
  /** The record that it comes from. */
  readonly record: number;
  /** Whether it asks again for a response that another call has created. */
  readonly isPoll?: boolean | undefined;
  readonly host?: string | undefined;
  readonly at?: number | undefined;
  /** Of a span. */
  readonly isSum?: boolean | undefined;
  readonly during?: { readonly from: number; readonly to: number } | undefined;
}

export class Call {
  readonly observations: Observation[];
  /** Whether tokens that the handler counted are those of this call. */
  isCounted = false;

  constructor(first: Observation) {
    this.observations = [first];
  }

  add(observations: readonly Observation[]): void {
    this.observations.push(...observations);
  }

  has(source: Source): boolean {
    return this.observations.some((observation) => observation.source === source);
  }

  /** Whether it is a call without a completion: an embedding. */
  get isInputOnly(): boolean {
    return this.observations.some(({ usage }) => usage.isInputOnly === true);
  }

  /** By the first source that knows both sides, else by what the sources know together. */
  get usage(): LlmUsage {
    const known = this.#usages.find((usage) => !isUsageUnknown(usage));
    return known ?? this.#usages.reduce(completed);
  }

  get isUnknown(): boolean {
    return isUsageUnknown(this.usage);
  }

  get host(): string | undefined {
    return this.observations.find(({ host }) => host !== undefined)?.host;
  }

  get model(): string | undefined {
    return this.observations.find(({ usage }) => usage.model !== undefined)?.usage.model;
  }

  get #usages(): readonly LlmUsage[] {
    const ordered = sources.flatMap((source) =>
      // The last response to a poll has the final counts.
      this.observations.filter((observation) => observation.source === source).toReversed(),
    );
    return ordered.map(({ usage }) => usage.usage);
  }
}

function completed(usage: LlmUsage, other: LlmUsage): LlmUsage {
  const input = usage.promptTokens === null ? other : usage;
  const output = usage.completionTokens === null ? other : usage;
  return {
    promptTokens: input.promptTokens,
    cacheReadTokens: input.cacheReadTokens,
    cacheWriteTokens: input.cacheWriteTokens,
    completionTokens: output.completionTokens,
    reasoningTokens: output.reasoningTokens,
  };
}
