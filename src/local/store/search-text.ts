/** Brings texts that differ in case alone to the same form, without what SQLite ends a text at. */
export function foldCase(text: string): string {
  // Upper case, because lower case keeps the two small sigmas and ß apart from what they equal.
  return text.replaceAll('\0', '\uFFFD').toUpperCase();
}

/** What LIKE finds the text with, wherever it stands in a folded text. */
export function searchPattern(text: string): string {
  return `%${foldCase(text).replace(/[\\%_]/g, '\\$&')}%`;
}
