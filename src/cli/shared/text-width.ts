/** Measures, truncates and pads text in terminal columns. */

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

// Emoji and wide characters (UAX #11): East Asian scripts, their punctuation and full-width forms.
const wide =
  /\p{Emoji}\ufe0f|[\p{Emoji_Presentation}\u{1100}-\u{115f}\u{231a}\u{231b}\u{2329}\u{232a}\u{2e80}-\u{303e}\u{3041}-\u{33ff}\u{3400}-\u{4dbf}\u{4dc0}-\u{a4cf}\u{a960}-\u{a97c}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe10}-\u{fe19}\u{fe30}-\u{fe6b}\u{ff01}-\u{ff60}\u{ffe0}-\u{ffe6}\u{16fe0}-\u{18cff}\u{18d00}-\u{18d08}\u{1aff0}-\u{1b2fb}\u{1d300}-\u{1d376}\u{20000}-\u{3fffd}]/u;
const plain = /^[\x20-\x7e]*$/;
const zero = /^[\p{Nonspacing_Mark}\p{Enclosing_Mark}\p{Default_Ignorable_Code_Point}]+$/u;
// Marks that take their own column, such as half-width voiced sound marks.
const spacing = /(?<=.)[\p{Spacing_Mark}\uff9e\uff9f]/gu;

/** The width of a line without control characters. */
export function textWidth(line: string): number {
  if (plain.test(line)) return line.length;
  let width = 0;
  for (const { segment } of segmenter.segment(line)) width += segmentWidth(segment);
  return width;
}

/** The line, truncated with `…` if it is too wide. */
export function truncateToWidth(line: string, columns: number): string {
  if (line.length <= columns && plain.test(line)) return line;
  // Avoids segmenting the whole of a very long line.
  const near = line.slice(0, columns * 16 + 16);
  if (near.length === line.length && textWidth(line) <= columns) return line;
  let kept = '';
  let width = 0;
  for (const { segment } of segmenter.segment(near)) {
    width += segmentWidth(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return columns > 0 ? `${kept}…` : '';
}

/** Truncates or pads with spaces to exactly this width. */
export function padToWidth(line: string, columns: number, align: 'start' | 'end'): string {
  const text = truncateToWidth(line, columns);
  const space = ' '.repeat(Math.max(0, columns - textWidth(text)));
  return align === 'start' ? text + space : space + text;
}

function segmentWidth(segment: string): number {
  if (zero.test(segment)) return 0;
  return wide.test(segment) ? 2 : 1 + (segment.match(spacing)?.length ?? 0);
}
