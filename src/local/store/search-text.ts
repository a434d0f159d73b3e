/** Folds case for comparison and replaces NUL, at which SQLite ends a text. */
export function foldCase(text: string): string {
  // Upper case because lower case distinguishes σ from ς and ß from ss.
  return text.replaceAll('\0', '\uFFFD').toUpperCase();
}

/** A LIKE pattern that matches the text anywhere in a folded text. */
export function searchPattern(text: string): string {
  return `%${foldCase(text).replace(/[\\%_]/g, '\\$&')}%`;
}
