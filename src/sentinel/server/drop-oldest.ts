/** Drops the entry that was added first if there are more than `most`. */
export function dropOldest(from: Map<string, unknown> | Set<string>, most: number): void {
  const [oldest] = from.keys();
  if (from.size > most && oldest !== undefined) from.delete(oldest);
}
