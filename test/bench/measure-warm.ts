/** Measures invocations of processes that run: what the caller waits, and what is billed. */

import { setTimeout } from 'node:timers/promises';
import type { WarmPhase } from './bench-plan.ts';
import type { WarmResult } from './bench-results.ts';
import type { BenchmarkedFunction } from './benchmarked-function.ts';
import { compare } from './compare.ts';
import type { InvocationTimes } from './lambda-apis.ts';
import type { PreparedVariant } from './prepare-variants.ts';
import { median, quantile } from './statistics.ts';
import { createShuffle } from './turns.ts';

interface WarmFunction {
  readonly name: string;
  readonly started: BenchmarkedFunction;
  /** Each invocation in order; they belong together by their place. */
  readonly times: InvocationTimes[];
}

/** From a dozen differences a median has a useful interval. */
const mostRounds = 12;
/** Until code is fast; with a slow API that matters less than the time it takes. */
const warmUpMs = 1500;
const warmUpShare = 1 / 4;
/** What a function does after its turn must not count for the next one's, which has its own CPU. */
const pauseMs = 2;

/**
 * The functions take turns with each invocation, so that each has been idle for as long as the
 * others: a process in use answers faster than one that wakes up.
 */
export async function measureWarm(
  variants: readonly PreparedVariant[],
  phase: WarmPhase,
): Promise<WarmResult[]> {
  await using stack = new AsyncDisposableStack();
  const functions: WarmFunction[] = [];
  for (const { name, start } of variants) {
    const started = stack.use(await start());
    functions.push({ name, started, times: [] });
    await warmUp(started, phase);
  }

  const shuffle = createShuffle();
  for (let turn = 0; turn < phase.invocations; turn += 1) {
    for (const { started, times } of shuffle(functions)) {
      await setTimeout(pauseMs);
      times.push(await invoke(started, phase));
    }
  }
  return variants.map(({ name, baseline }) => resultOf(functions, name, baseline));
}

async function warmUp(started: BenchmarkedFunction, phase: WarmPhase): Promise<void> {
  const enough = performance.now() + warmUpMs;
  const most = phase.invocations * warmUpShare;
  for (let count = 0; count < most && performance.now() < enough; count += 1) {
    await invoke(started, phase);
  }
}

function invoke(started: BenchmarkedFunction, { waitMs }: WarmPhase): Promise<InvocationTimes> {
  return started.invoke({ question: 'Why?', waitMs });
}

function resultOf(functions: readonly WarmFunction[], name: string, baseline: string): WarmResult {
  const rounds = (field: 'answerMs' | 'billedMs'): Map<string, number[]> =>
    new Map(functions.map((each) => [each.name, roundMedians(each.times, field)]));
  const answers = functions
    .filter((each) => each.name === name)
    .flatMap(({ times }) => times.map(({ answerMs }) => answerMs));
  return {
    name,
    baseline,
    p50: compare(rounds('answerMs'), name, baseline),
    p95: quantile(answers, 0.95),
    p99: quantile(answers, 0.99),
    billedP50: compare(rounds('billedMs'), name, baseline),
  };
}

/** The median of each round, where a round is some turns in a row. */
function roundMedians(times: readonly InvocationTimes[], field: 'answerMs' | 'billedMs'): number[] {
  const size = Math.ceil(times.length / mostRounds);
  const rounds = Math.ceil(times.length / size);
  return Array.from({ length: rounds }, (_, round) =>
    median(times.slice(round * size, (round + 1) * size).map((time) => time[field])),
  );
}
