/** Compares variants with their baselines, round by round, so that drift of the machine cancels. */

import { type Estimate, estimate, median } from './statistics.ts';

export interface Figure {
  readonly median: number;
  /** The median difference to the baseline in the same round; 0 for the baseline itself. */
  readonly added: Estimate;
}

/** One value for each round, by the name of the variant. */
export type Rounds = ReadonlyMap<string, readonly number[]>;

export function compare(rounds: Rounds, name: string, baseline: string): Figure {
  const values = rounds.get(name) ?? [];
  const reference = rounds.get(baseline) ?? [];
  const added = values.map((value, round) => value - (reference[round] ?? Number.NaN));
  return { median: median(values), added: estimate(added) };
}
