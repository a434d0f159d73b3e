/** Steps of time that people think in, in milliseconds. */
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const sizes: readonly number[] = [
  ...[1, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 28, 91, 365].map((count) => count * day),
];

/** What a chart shows side by side. */
const mostSteps = 60;

/** Equal steps of time. */
export interface Steps {
  readonly sizeMs: number;
  /** Their begins. The first may lie before the range, the last end after it. */
  readonly begins: readonly number[];
}

/** Cuts a range into steps that begin at whole multiples of their size, in UTC. */
export function stepsOf(fromMs: number, toMs: number): Steps {
  const sizeMs = sizeFor(toMs - fromMs);
  const begins: number[] = [];
  for (let begin = Math.floor(fromMs / sizeMs) * sizeMs; begin < toMs; begin += sizeMs) {
    begins.push(begin);
  }
  return { sizeMs, begins };
}

function sizeFor(rangeMs: number): number {
  const least = rangeMs / mostSteps;
  // Beyond sixty years nobody asks for pretty steps.
  return sizes.find((size) => size >= least) ?? Math.ceil(least / day) * day;
}
