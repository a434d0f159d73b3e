/**
 * The most that each of several wants may get of a limited amount so that small wants are met in
 * full and large ones get equal parts of what is left. Infinite when there is enough for all.
 */
export function fairShare(wants: readonly number[], available: number): number {
  const ascending = [...wants].sort((a, b) => a - b);
  let left = available;
  for (const [index, want] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - index));
    if (want > share) return share;
    left -= want;
  }
  return Number.POSITIVE_INFINITY;
}
