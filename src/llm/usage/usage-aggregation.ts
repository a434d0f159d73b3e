/** Adds up the LLM calls of a task: each call once, however many sources know it. */
import type { Call } from './call.ts';
import type { LlmRecord } from './llm-record.ts';
import { matchCalls } from './match-calls.ts';
import { createRecordReader, type ObservedRecord } from './observe-record.ts';
import { noTokens, plus, sumsOf, unmatchedTokens } from './recorded-tokens.ts';
import type { TokenSums, UsageSummary } from './usage-summary.ts';

const mostTools = 200;

/**
 * @param mostBytes - of HTTP responses, in all. @default no bound
 */
export function aggregateUsage(
  records: readonly LlmRecord[],
  mostBytes: number = Number.POSITIVE_INFINITY,
): UsageSummary {
  const observed = records.map(createRecordReader(mostBytes));
  const calls = matchCalls(observed.flatMap(({ observations }) => observations));
  const recorded = unmatchedTokens(
    records.filter((record) => record.kind === 'tokens'),
    calls,
  );
  const unknown = calls.filter((call) => call.isUnknown && !call.isInputOnly);
  // Tokens that belong to no known call may be those of an unknown one.
  const left = unknown.filter(({ isCounted }) => !isCounted).slice(recorded.length);
  return {
    tokens: sumOf(calls, recorded),
    tools: [...new Set(observed.flatMap(({ tools }) => tools))].slice(0, mostTools),
    responses: responsesOf(observed, calls),
    unknownCalls: left.map(({ host, model }) => ({ host, model })),
  };
}

/** Null if no call is known, or embeddings are but not what the model has generated. */
function sumOf(calls: readonly Call[], recorded: readonly TokenSums[]): TokenSums | null {
  const known = calls.filter((call) => !call.isUnknown);
  const generations = calls.filter((call) => !call.isInputOnly);
  const isGenerationKnown = recorded.length > 0 || generations.some((call) => !call.isUnknown);
  if (known.length + recorded.length === 0) return null;
  if (generations.length > 0 && !isGenerationKnown) return null;
  return [...known.map(sumsOf), ...recorded].reduce(plus, noTokens);
}

/** Without those that another record replaces: the handler's own, or the last one to a poll. */
function responsesOf(
  observed: readonly ObservedRecord[],
  calls: readonly Call[],
): readonly unknown[] {
  const replaced = new Set<number>();
  for (const { observations } of calls) {
    const isRecorded = observations.some(({ source }) => source === 'manual');
    const seen = observations.filter(({ source }) => source === 'http');
    const superseded = isRecorded ? seen : seen.slice(0, -1);
    for (const { record } of superseded) replaced.add(record);
  }
  return observed.flatMap(({ response }, index) =>
    response === undefined || replaced.has(index) ? [] : [response.value],
  );
}
