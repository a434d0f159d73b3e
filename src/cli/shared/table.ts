/** Formats rows as a table for a terminal, or as tab-separated lines for programs. */
import { safeLine } from './terminal-text.ts';
import { padToWidth, textWidth, truncateToWidth } from './text-width.ts';

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** The text for programs. @default text */
  readonly plainText?: (row: Row) => string;
  /** Width down to which the column may be truncated; undefined if it must not be truncated. */
  readonly minWidth?: number;
  readonly align?: 'start' | 'end';
  readonly paint?: (text: string, row: Row) => string;
}

/** Lines with a header. If space is short, the last columns are truncated first. */
export function tableLines<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  terminalColumns: number,
): readonly { readonly kind: 'header' | 'row'; readonly text: string }[] {
  const texts = rows.map((row) =>
    columns.map(({ text }) =>
      safeLine(truncateToWidth(text(row).slice(0, maxCellLength), terminalColumns)),
    ),
  );
  const widths = columnWidths(columns, texts, terminalColumns);
  const line = (cells: readonly string[], row?: Row): string => {
    let left = terminalColumns;
    const fitted = columns.map(({ align = 'start', paint }, index) => {
      const width = Math.min(widths[index] ?? 0, left);
      left -= width + gap.length;
      const isLast = index === columns.length - 1 && align === 'start';
      const cell = cells[index] ?? '';
      const text = isLast
        ? truncateToWidth(cell, width)
        : padToWidth(cell, Math.max(0, width), align);
      return paint === undefined || row === undefined ? text : paint(text, row);
    });
    return fitted.join(gap).trimEnd();
  };
  return [
    { kind: 'header', text: line(columns.map(({ title }) => title)) },
    ...rows.map((row, index) => ({ kind: 'row' as const, text: line(texts[index] ?? [], row) })),
  ];
}

/** Tab-separated lines without truncation and without a header. */
export function tsvLines<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): readonly string[] {
  return rows.map((row) =>
    columns.map(({ text, plainText = text }) => safeLine(plainText(row))).join('\t'),
  );
}

const gap = '  ';
// More than any terminal shows in a line.
const maxCellLength = 10_000;

function columnWidths<Row>(
  columns: readonly Column<Row>[],
  texts: readonly (readonly string[])[],
  terminalColumns: number,
): number[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(textWidth(title), ...texts.map((cells) => textWidth(cells[index] ?? ''))),
  );
  const total = widths.reduce((sum, width) => sum + width, gap.length * (columns.length - 1));
  let excess = total - terminalColumns;
  for (let index = columns.length - 1; index >= 0 && excess > 0; index--) {
    const width = widths[index] ?? 0;
    const kept = Math.max(Math.min(width, columns[index]?.minWidth ?? width), width - excess);
    widths[index] = kept;
    excess -= width - kept;
  }
  return widths;
}
