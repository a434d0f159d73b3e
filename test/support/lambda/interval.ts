/** A span of time on the clock of `performance.now()`. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

function lengthOf({ fromMs, toMs }: Interval): number {
  return Math.max(0, toMs - fromMs);
}

/** How much of a span is left when all that others cover is taken out of it. */
export function uncoveredMs(span: Interval, others: readonly Interval[]): number {
  const sorted = others.toSorted((one, other) => one.fromMs - other.fromMs);
  let uncovered = 0;
  let reachedMs = span.fromMs;
  for (const { fromMs, toMs } of sorted) {
    uncovered += lengthOf({ fromMs: reachedMs, toMs: Math.min(fromMs, span.toMs) });
    reachedMs = Math.max(reachedMs, toMs);
  }
  return uncovered + lengthOf({ fromMs: reachedMs, toMs: span.toMs });
}
