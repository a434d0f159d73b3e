/** In whatever order and by whichever sources calls become known, they add up to the same. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LlmRecord } from '../../../src/llm/usage/llm-record.ts';
import {
  completion,
  counted,
  exchange,
  message,
  recorded,
  span,
  tokensOf,
  totals,
} from './records.ts';

interface MadeCall {
  readonly isAnthropic: boolean;
  readonly prompt: number;
  readonly completion: number;
  readonly read: number;
  /** The sources beside HTTP, and whether they know the id. */
  readonly isRecorded: boolean;
  readonly isTraced: boolean;
  readonly isCounted: boolean;
  readonly hasId: boolean;
  /** Whether the span includes the cached tokens. */
  readonly isInclusive: boolean;
}

const calls: fc.Arbitrary<readonly MadeCall[]> = fc.uniqueArray(
  fc.record({
    isAnthropic: fc.boolean(),
    prompt: fc.integer({ min: 100, max: 1_000_000 }),
    completion: fc.integer({ min: 1, max: 100_000 }),
    read: fc.integer({ min: 0, max: 90 }),
    isRecorded: fc.boolean(),
    isTraced: fc.boolean(),
    isCounted: fc.boolean(),
    hasId: fc.boolean(),
    isInclusive: fc.boolean(),
  }),
  { maxLength: 6, selector: ({ prompt, completion: completed }) => `${prompt}/${completed}` },
);

test('any sources of the same calls, in any order, give the same totals', () => {
  fc.assert(
    fc.property(
      calls.chain((made) =>
        fc.tuple(
          fc.constant(made),
          fc.shuffledSubarray(made.flatMap(otherSources), {
            minLength: made.flatMap(otherSources).length,
          }),
          fc.nat(),
        ),
      ),
      ([made, others, place]) => {
        const seen = made.map(onTheWire);
        const at = place % (seen.length + 1);
        const records = [...seen.slice(0, at), ...others, ...seen.slice(at)];

        expect(tokensOf(records)).toEqual(made.length === 0 ? null : truthOf(made));
      },
    ),
    { numRuns: 300 },
  );
});

test('a total that the handler adds changes nothing, wherever it is added', () => {
  fc.assert(
    fc.property(calls, fc.nat(), (made, place) => {
      fc.pre(made.length > 0);
      const { promptTokens, completionTokens } = truthOf(made);
      const records = made.map(onTheWire);
      records.splice(place % (records.length + 1), 0, counted({ promptTokens, completionTokens }));

      expect(tokensOf(records)).toEqual(truthOf(made));
    }),
    { numRuns: 200 },
  );
});

function truthOf(made: readonly MadeCall[]): ReturnType<typeof totals> {
  const sum = (of: (call: MadeCall) => number): number =>
    made.reduce((all, call) => all + of(call), 0);
  return totals(
    sum(({ prompt }) => prompt),
    sum((call) => call.completion),
    sum(({ read }) => read),
  );
}

function idOf({ prompt, completion: completed }: MadeCall): string {
  return `id_${prompt}_${completed}`;
}

function responseOf(call: MadeCall): Readonly<Record<string, unknown>> {
  const { prompt, read } = call;
  if (call.isAnthropic) return message(idOf(call), prompt, call.completion, { read });
  const { usage, ...chat } = completion(idOf(call), prompt, call.completion);
  const details = { prompt_tokens_details: { cached_tokens: read } };
  return { ...chat, usage: { ...Object(usage), ...details } };
}

function onTheWire(call: MadeCall): LlmRecord {
  return exchange(responseOf(call));
}

function otherSources(call: MadeCall): readonly LlmRecord[] {
  const { isAnthropic, prompt, completion: completionTokens, read } = call;
  const promptTokens = prompt + (isAnthropic && call.isInclusive ? read : 0);
  const { id: _, ...withoutId } = responseOf(call);
  const known = call.hasId && { id: idOf(call) };
  return [
    ...(call.isRecorded ? [recorded({ ...withoutId, ...known })] : []),
    ...(call.isTraced ? [span({ ...known, promptTokens, completionTokens })] : []),
    ...(call.isCounted ? [counted({ promptTokens: prompt, completionTokens })] : []),
  ];
}
