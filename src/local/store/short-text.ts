/** The text, or its beginning and an ellipsis: `length` characters at most. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  // Half of a surrogate pair is no character.
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The first line that is not blank, shortened. */
export function firstLine(text: string | null, length: number): string | null {
  const line = text
    ?.trimStart()
    .slice(0, length + 1)
    .split(/[\r\n]/, 1)[0];
  return line === undefined ? null : shorten(line.trimEnd(), length);
}
