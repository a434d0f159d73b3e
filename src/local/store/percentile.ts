/**
 * The nearest-rank percentile: the smallest value that is greater than or equal to this share of all
 * values. Null if there are no values.
 *
 * @param sorted - ascending
 * @param share - above 0, at most 1
 */
export function percentile(sorted: ArrayLike<number>, share: number): number | null {
  const rank = Math.ceil(share * sorted.length);
  return sorted[rank - 1] ?? null;
}
