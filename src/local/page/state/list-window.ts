/** Which rows of a long list are in sight. */

export interface ListWindow {
  readonly first: number;
  /** Exclusive. */
  readonly last: number;
}

/** Rows above and below that are drawn too, so that a quick scroll meets no blank. */
const spare = 12;

export function listWindow(
  count: number,
  rowHeight: number,
  scrollTop: number,
  height: number,
): ListWindow {
  const first = Math.floor(scrollTop / rowHeight) - spare;
  const last = Math.ceil((scrollTop + height) / rowHeight) + spare;
  return { first: Math.max(0, Math.min(first, count)), last: Math.max(0, Math.min(last, count)) };
}
