/** The counts by which sources may know the same call: with and without cache and reasoning. */
import { countsCacheBeside } from '../parsed-usage/cache-convention.ts';
import type { LlmUsage, ParsedUsage } from '../parsed-usage/parsed-usage.ts';
import type { Call } from './call.ts';

/** Prompt and completion. */
export interface Counts {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** A way of counting, the same for all calls that are added up. */
type Convention = (call: Call) => readonly Counts[];

/** As the sources have them. */
const asObserved: Convention = (call) =>
  call.observations.flatMap(({ usage }) => countsOf(usage.usage));

/** With cached tokens added to a prompt that leaves them out, or taken out of one that has them. */
const cacheConventions: readonly Convention[] = [
  withPrompt(({ isBeside, read, write }) => (isBeside ? read + write : 0)),
  withPrompt(({ isBeside, read }) => (isBeside ? read : 0)),
  withPrompt(({ isBeside, read, write }) => (isBeside ? 0 : -read - write)),
  withPrompt(({ isBeside, read }) => (isBeside ? 0 : -read)),
];

/** Without reasoning. */
function withoutReasoning(convention: Convention): Convention {
  return (call) => {
    const reasoning = reasoningOf(call);
    return convention(call).map(({ promptTokens, completionTokens }) => ({
      promptTokens,
      completionTokens: Math.max(0, completionTokens - reasoning),
    }));
  };
}

/** By the further counts that a provider gives. */
function otherUsage(index: number): Convention {
  return (call) =>
    call.observations.flatMap(({ usage: { usage, otherUsages = [] } }) =>
      countsOf({ ...usage, ...otherUsages[index] }),
    );
}

const withReasoning: readonly Convention[] = [asObserved, ...cacheConventions];

/** In the order in which they are tried. */
const conventions: readonly Convention[] = [
  ...withReasoning,
  ...withReasoning.map(withoutReasoning),
  otherUsage(0),
  otherUsage(1),
  otherUsage(2),
];

export const conventionCount: number = conventions.length;

interface Variants {
  readonly observations: number;
  readonly byConvention: readonly (readonly Counts[])[];
  readonly keys: ReadonlySet<string>;
}

// A task may have hundreds of calls, each compared with all others.
const computed = new WeakMap<Call, Variants>();

function variantsOf(call: Call): Variants {
  const before = computed.get(call);
  if (before?.observations === call.observations.length) return before;
  const byConvention = conventions.map((convention) => convention(call));
  const keys = new Set(byConvention.flat().map(keyOf));
  const variants = { observations: call.observations.length, byConvention, keys };
  computed.set(call, variants);
  return variants;
}

/** The counts of a call in one convention; undefined if they are unknown in it. */
export function countsBy(call: Call, convention: number): Counts | undefined {
  return variantsOf(call).byConvention[convention]?.[0];
}

export function keyOf({ promptTokens, completionTokens }: Counts): string {
  return `${promptTokens}/${completionTokens}`;
}

/** Whether two calls have equal counts, in any convention. */
export function haveEqualCounts(one: Call, other: Call): boolean {
  const keys = variantsOf(other).keys;
  for (const key of variantsOf(one).keys) if (keys.has(key)) return true;
  return false;
}

/** Whether two calls have equal counts as their sources have them. */
export function haveSameCounts(one: Call, other: Call): boolean {
  const [counts = []] = variantsOf(one).byConvention;
  const [others = []] = variantsOf(other).byConvention;
  return counts.some((some) => others.some((another) => keyOf(some) === keyOf(another)));
}

/** Whether a call of which only one side is known may be another one. */
export function agreesWhereKnown(partial: Call, other: Call): boolean {
  const { promptTokens, completionTokens } = partial.usage;
  if ((promptTokens === null) === (completionTokens === null)) return false;
  return variantsOf(other)
    .byConvention.flat()
    .some((counts) =>
      promptTokens === null
        ? counts.completionTokens === completionTokens
        : counts.promptTokens === promptTokens,
    );
}

function countsOf({ promptTokens, completionTokens }: LlmUsage): readonly Counts[] {
  return promptTokens === null || completionTokens === null
    ? []
    : [{ promptTokens, completionTokens }];
}

interface Cache {
  /** Whether the provider counts cached tokens beside the prompt. */
  readonly isBeside: boolean;
  readonly read: number;
  readonly write: number;
}

function withPrompt(change: (cache: Cache) => number): Convention {
  return (call) =>
    call.observations.flatMap(({ usage }) => {
      const { cacheReadTokens, cacheWriteTokens } = usage.usage;
      const added = change({
        isBeside: isCacheBeside(call, usage),
        read: cacheReadTokens ?? 0,
        write: cacheWriteTokens ?? 0,
      });
      return countsOf(usage.usage).map((counts) => ({
        ...counts,
        promptTokens: Math.max(0, counts.promptTokens + added),
      }));
    });
}

function isCacheBeside(call: Call, { provider, model, usage }: ParsedUsage): boolean {
  const cached = (usage.cacheReadTokens ?? 0) + (usage.cacheWriteTokens ?? 0);
  // A part cannot be larger than the whole.
  const isLarger = usage.promptTokens !== null && cached > usage.promptTokens;
  return isLarger || countsCacheBeside(provider, model, call.model);
}

function reasoningOf({ observations }: Call): number {
  return Math.max(0, ...observations.map(({ usage }) => usage.usage.reasoningTokens ?? 0));
}
