/** Replaces values nested deeper than `levels` with a note. */
export function limitDepth(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return '[nested too deeply to show: see the body of the request]';
  if (Array.isArray(value)) return value.map((item) => limitDepth(item, levels - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, limitDepth(item, levels - 1)]),
  );
}
