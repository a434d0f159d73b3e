/** The value, with a note in place of what lies deeper than `levels`. */
export function limitDepth(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return '[deeper than the page shows: see the body of the request]';
  if (Array.isArray(value)) return value.map((item) => limitDepth(item, levels - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, limitDepth(item, levels - 1)]),
  );
}
