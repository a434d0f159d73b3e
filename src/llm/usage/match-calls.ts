/**
 * Joins the observations of several sources: each call counts once, however many sources know it.
 * Ids decide first, then equal counts, then counts that are the sum of several calls.
 */
import { Call, type Observation, type Source, sources } from './call.ts';
import { findGroup } from './call-groups.ts';
import { areTellingApart, callsById } from './call-ids.ts';
import { agreesWhereKnown, haveEqualCounts, haveSameCounts } from './count-variants.ts';

/** The calls of a task, in the order in which they were first observed. */
export function matchCalls(observations: readonly Observation[]): readonly Call[] {
  const single = observations.filter(({ isSum }) => !isSum);
  const calls: Call[] = [];
  const identified = callsById(single);
  for (const source of sources) {
    const added = identified.filter((call) => firstSourceOf(call) === source);
    addCalls(calls, added, source);
    calls.sort(inOrder);
  }
  for (const sum of observations.filter(({ isSum }) => isSum)) addSum(calls, sum);
  return calls.toSorted(inOrder);
}

function firstSourceOf(call: Call): Source | undefined {
  return sources.find((source) => call.has(source));
}

function inOrder(one: Call, other: Call): number {
  return orderOf(one) - orderOf(other);
}

/** By the wire, where a call was seen there: the others may report it later. */
function orderOf({ observations }: Call): number {
  const seen = observations.filter(({ source }) => source === 'http');
  return Math.min(...(seen.length > 0 ? seen : observations).map(({ record }) => record));
}

type Match = (call: Call, other: Call) => boolean;

/** The surest first, each tried for all calls before the next one. */
const matches: readonly Match[] = [haveSameCounts, haveEqualCounts, agreesWhereKnown, isTheUnknown];

/** Adds the calls of one source to those of the sources before it. */
function addCalls(calls: Call[], added: readonly Call[], source: Source): void {
  const known = [...calls];
  let left = added;
  if (source !== 'http') {
    for (const match of matches) {
      left = left.filter((call) => {
        const same = known.find((other) => isFree(other, call) && match(call, other));
        same?.add(call.observations);
        return same === undefined;
      });
    }
    left = left.filter((call) => !isSumOf(call, known));
    left = withoutParts(left, known);
  }
  calls.push(...left);
}

/** Whether a call is still unknown to the sources of another one, and may be the same. */
function isFree(other: Call, call: Call): boolean {
  return (
    call.observations.every(({ source }) => !other.has(source)) && !areTellingApart(call, other)
  );
}

function isSumOf(call: Call, known: readonly Call[]): boolean {
  const { promptTokens, completionTokens } = call.usage;
  if (promptTokens === null || completionTokens === null) return false;
  const others = known.filter((other) => !areTellingApart(call, other));
  return findGroup(others, { promptTokens, completionTokens }) !== undefined;
}

/** Leaves out calls that another source knows as their sum: the total of an agent's result. */
function withoutParts(calls: readonly Call[], known: readonly Call[]): readonly Call[] {
  let left = calls;
  for (const sum of known.filter((call) => !call.has('http'))) {
    const { promptTokens, completionTokens } = sum.usage;
    if (promptTokens === null || completionTokens === null) continue;
    const others = left.filter((call) => !areTellingApart(call, sum));
    const parts = findGroup(others, { promptTokens, completionTokens });
    left = left.filter((call) => !parts?.includes(call));
  }
  return left;
}

/** The tokens of an agent count only where nothing is known of the calls within it. */
function addSum(calls: Call[], sum: Observation): void {
  const call = new Call(sum);
  const isKnown =
    calls.some((other) => haveEqualCounts(call, other)) ||
    isSumOf(call, calls) ||
    calls.some((other) => isWithin(other, sum));
  if (!isKnown) calls.push(call);
}

function isWithin(
  { observations, isInputOnly, isUnknown }: Call,
  { during }: Observation,
): boolean {
  return (
    !isInputOnly &&
    !isUnknown &&
    observations.some(
      ({ source, at }) =>
        source === 'http' &&
        (at === undefined || during === undefined || (at >= during.from && at <= during.to)),
    )
  );
}

function isTheUnknown(call: Call, other: Call): boolean {
  if (call.isUnknown || !other.isUnknown || call.isInputOnly !== other.isInputOnly) return false;
  return call.model === undefined || other.model === undefined || call.model === other.model;
}
