/** Truncates a text to at most `length` characters, including the ellipsis. */
export function truncate(text: string, length: number): string {
  if (text.length <= length) return text;
  // Does not split a surrogate pair.
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The first line that is not blank, truncated. */
export function firstLine(text: string | null, length: number): string | null {
  const line = text
    ?.trimStart()
    .slice(0, length + 1)
    .split(/[\r\n]/, 1)[0];
  return line === undefined ? null : truncate(line.trimEnd(), length);
}
