/**
 * The nearest-rank percentile: the smallest value that at least this share of all values does not
 * exceed. It is always one of the values; null when there is none.
 *
 * @param sorted - ascending
 * @param share - above 0, at most 1
 */
export function percentile(sorted: ArrayLike<number>, share: number): number | null {
  const rank = Math.ceil(share * sorted.length);
  return sorted[rank - 1] ?? null;
}
