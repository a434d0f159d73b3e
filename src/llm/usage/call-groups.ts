/** Finds the calls whose tokens add up to given counts. */
import type { Call } from './call.ts';
import { type Counts, conventionCount, countsBy, keyOf } from './count-variants.ts';

/**
 * The calls whose sum is these counts: all calls, all generations, or some that follow each other;
 * undefined if there are none.
 */
export function findGroup(calls: readonly Call[], counts: Counts): readonly Call[] | undefined {
  if (counts.promptTokens === 0 && counts.completionTokens === 0) return undefined;
  const known = calls.filter((call) => !call.isUnknown);
  const generations = known.filter((call) => !call.isInputOnly);
  const lists = generations.length < known.length ? [known, generations] : [known];
  for (let convention = 0; convention < conventionCount; convention += 1) {
    for (const list of lists) {
      const group = findRun(list, convention, counts);
      if (group !== undefined) return group;
    }
  }
  return undefined;
}

/** The longest run that begins first: a total is likelier than the sum of a few. */
function findRun(
  calls: readonly Call[],
  convention: number,
  counts: Counts,
): readonly Call[] | undefined {
  const sums = sumsUpTo(calls, convention);
  const lastEnd = new Map(sums.map((sum, end) => [keyOf(sum), end]));
  for (const [from, before] of sums.entries()) {
    const end = lastEnd.get(
      keyOf({
        promptTokens: before.promptTokens + counts.promptTokens,
        completionTokens: before.completionTokens + counts.completionTokens,
      }),
    );
    if (end !== undefined && end - from >= 2) return calls.slice(from, end);
  }
  return undefined;
}

function sumsUpTo(calls: readonly Call[], convention: number): readonly Counts[] {
  let sum: Counts = { promptTokens: 0, completionTokens: 0 };
  const sums = [sum];
  for (const call of calls) {
    // A call that does not count otherwise counts as usual.
    const counts = countsBy(call, convention) ?? countsBy(call, 0);
    sum = {
      promptTokens: sum.promptTokens + (counts?.promptTokens ?? 0),
      completionTokens: sum.completionTokens + (counts?.completionTokens ?? 0),
    };
    sums.push(sum);
  }
  return sums;
}
