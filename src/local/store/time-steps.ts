const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** Usual step sizes, in milliseconds. */
const sizes: readonly number[] = [
  ...[1, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 28, 91, 365].map((count) => count * day),
];

/** The maximum number of steps in a chart. */
const maxSteps = 60;

export interface TimeSteps {
  readonly sizeMs: number;
  /** Start times. The first step may start before the range, the last may end after it. */
  readonly starts: readonly number[];
}

/** Divides a range into equal steps that start at multiples of their size in UTC. */
export function timeSteps(fromMs: number, toMs: number): TimeSteps {
  const sizeMs = sizeFor(toMs - fromMs);
  const starts: number[] = [];
  for (let start = Math.floor(fromMs / sizeMs) * sizeMs; start < toMs; start += sizeMs) {
    starts.push(start);
  }
  return { sizeMs, starts };
}

function sizeFor(rangeMs: number): number {
  const minSize = rangeMs / maxSteps;
  return sizes.find((size) => size >= minSize) ?? Math.ceil(minSize / day) * day;
}
