/** The order in which variants take turns. */

import { randomNumbers } from './random-numbers.ts';

export type Shuffle = <T>(items: readonly T[]) => T[];

/**
 * A shuffle for each turn: what a variant leaves behind, a busy or an idle machine, must not always
 * meet the same one.
 */
export function createShuffle(): Shuffle {
  const random = randomNumbers();
  return (items) =>
    items
      .map((item) => ({ item, rank: random() }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ item }) => item);
}
