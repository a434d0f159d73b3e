/** Medians, and how far chance could have moved them. */

import { randomNumbers } from './random-numbers.ts';

export interface Estimate {
  readonly median: number;
  /** The 95 % interval of the median, by bootstrap. */
  readonly low: number;
  readonly high: number;
}

const resamples = 2000;

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this share of the values lies, between two of them in proportion. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

export function estimate(values: readonly number[]): Estimate {
  const random = randomNumbers();
  const medians = Array.from({ length: resamples }, () =>
    median(values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN)),
  );
  return {
    median: median(values),
    low: quantile(medians, 0.025),
    high: quantile(medians, 0.975),
  };
}
