/** Tokens that the handler counted itself, beside the calls that are known. */
import { createParsedUsage } from '../parsed-usage/parsed-usage.ts';
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
  let left: readonly Call[] = joinedSides(recorded).map(toSums).map(asCall);
  const free = (): readonly Call[] => calls.filter(({ isCounted }) => !isCounted);
  const match = (find: (counted: Call) => readonly Call[]): void => {
    left = left.filter((counted) => {
      const found = find(counted);
      for (const call of found) call.isCounted = true;
      return found.length === 0;
    });
  };
  for (const isSame of [haveSameCounts, haveEqualCounts]) {
    match((counted) =>
      free()
        .filter((call) => isSame(counted, call))
        .slice(0, 1),
    );
  }
  match((counted) => findGroup(free(), sumsOf(counted)) ?? []);
  for (const call of free()) {
    // Counts of its parts: a span may have the total of an agent.
    const parts = call.isUnknown ? undefined : findGroup(left, sumsOf(call));
    call.isCounted = parts !== undefined;
    left = left.filter((counted) => !parts?.includes(counted));
  }
  const total = left.map(sumsOf).reduce(plus, noTokens);
  const isTotal = left.length > 1 && findGroup(free(), total) !== undefined;
  return isTotal ? [] : left.map(sumsOf);
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

/** The tokens of a call, unknown ones as zero. */
export function sumsOf({ usage }: Call): TokenSums {
  return {
    promptTokens: usage.promptTokens ?? 0,
    completionTokens: usage.completionTokens ?? 0,
    cacheReadTokens: usage.cacheReadTokens ?? 0,
    cacheWriteTokens: usage.cacheWriteTokens ?? 0,
  };
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
