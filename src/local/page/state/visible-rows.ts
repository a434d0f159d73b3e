/** Computes the rows of a long list that must be rendered. */

export interface RowRange {
  readonly first: number;
  /** Exclusive. */
  readonly last: number;
}

/** Extra rows above and below, so that fast scrolling shows no blank rows. */
const overscan = 12;

export function visibleRows(
  count: number,
  rowHeight: number,
  scrollTop: number,
  height: number,
): RowRange {
  const first = Math.floor(scrollTop / rowHeight) - overscan;
  const last = Math.ceil((scrollTop + height) / rowHeight) + overscan;
  return { first: Math.max(0, Math.min(first, count)), last: Math.max(0, Math.min(last, count)) };
}
