/** Random numbers that a seed repeats. */

import { createHash } from 'node:crypto';

export interface SeededRandom {
  /** From 0 to 1. */
  readonly number: () => number;
  /** A whole number, both ends included. */
  readonly between: (least: number, most: number) => number;
  readonly chance: (share: number) => boolean;
  readonly pick: <T>(values: readonly T[]) => T;
  /** One of the names, as often as its weight says. */
  readonly weighted: <Name extends string>(weights: Readonly<Record<Name, number>>) => Name;
}

/** @param purpose - of the same seed each purpose has numbers of its own */
export function seededRandom(seed: number, purpose: string): SeededRandom {
  let count = 0;
  const number = (): number => {
    count += 1;
    const hash = createHash('sha256').update(`${seed} ${purpose} ${count}`).digest();
    return hash.readUInt32BE() / 2 ** 32;
  };
  const between = (least: number, most: number): number =>
    least + Math.floor(number() * (most - least + 1));
  return {
    number,
    between,
    chance: (share) => number() < share,
    pick: (values) => values[between(0, values.length - 1)]!,
    weighted: <Name extends string>(weights: Readonly<Record<Name, number>>): Name => {
      const entries = Object.entries<number>(weights) as [Name, number][];
      let left = number() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [name, weight] of entries) {
        left -= weight;
        if (left < 0) return name;
      }
      return entries[0]![0];
    },
  };
}
