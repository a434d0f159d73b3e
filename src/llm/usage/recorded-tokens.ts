/** Tokens that the handler counted itself, beside the calls that are known. */
import { createParsedUsage } from '../providers/parsed-usage.ts';
import { Call } from './call.ts';
import { findGroup } from './call-groups.ts';
import { haveEqualCounts, haveSameCounts } from './count-variants.ts';
import type { RecordedTokens } from './llm-record.ts';
import type { TokenSums } from './usage-summary.ts';

/** The counts that belong to none of the calls. Marks the calls that the others belong to. */
export function unmatchedTokens(
  recorded: readonly RecordedTokens[],
  calls: readonly Call[],
): readonly TokenSums[] {
  let left = joinedSides(recorded).map(toSums);
  const match = (find: (counts: TokenSums, free: readonly Call[]) => readonly Call[]): void => {
    left = left.filter((counts) => {
      const found = find(
        counts,
        calls.filter(({ isCounted }) => !isCounted),
      );
      for (const call of found) call.isCounted = true;
      return found.length === 0;
    });
  };
  for (const isSame of [haveSameCounts, haveEqualCounts]) {
    match((counts, free) => {
      const counted = asCall(counts);
      return free.filter((call) => isSame(counted, call)).slice(0, 1);
    });
  }
  match((counts, free) => findGroup(free, counts) ?? []);
  const total = left.reduce(plus, noTokens);
  const isTotal = left.length > 1 && findGroup(calls.filter(isFree), total) !== undefined;
  return isTotal ? [] : left;
}

function isFree({ isCounted }: Call): boolean {
  return !isCounted;
}

export const noTokens: TokenSums = {
  promptTokens: 0,
  completionTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
};

export function plus(one: TokenSums, other: TokenSums): TokenSums {
  return {
    promptTokens: one.promptTokens + other.promptTokens,
    completionTokens: one.completionTokens + other.completionTokens,
    cacheReadTokens: one.cacheReadTokens + other.cacheReadTokens,
    cacheWriteTokens: one.cacheWriteTokens + other.cacheWriteTokens,
  };
}

/** A prompt and the completion that is counted after it, or before it, are one call. */
function joinedSides(recorded: readonly RecordedTokens[]): readonly RecordedTokens[] {
  const joined: RecordedTokens[] = [];
  for (const tokens of recorded) {
    const last = joined.at(-1);
    const isOtherSide =
      last !== undefined &&
      (last.promptTokens === undefined) !== (tokens.promptTokens === undefined) &&
      (last.completionTokens === undefined) !== (tokens.completionTokens === undefined);
    if (isOtherSide) joined.splice(-1, 1, { ...last, ...tokens });
    else joined.push(tokens);
  }
  return joined;
}

function toSums(tokens: RecordedTokens): TokenSums {
  return {
    promptTokens: tokens.promptTokens ?? 0,
    completionTokens: tokens.completionTokens ?? 0,
    cacheReadTokens: tokens.cacheReadTokens ?? 0,
    cacheWriteTokens: tokens.cacheWriteTokens ?? 0,
  };
}

function asCall(usage: TokenSums): Call {
  const counted = createParsedUsage({
    provider: 'unknown',
    id: undefined,
    model: undefined,
    usage,
  });
  return new Call({ source: 'manual', usage: counted, record: 0 });
}
