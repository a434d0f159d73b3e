/** Rows in columns that fit a terminal, or apart by tabs for other programs. */
import { safeLine } from './terminal-text.ts';
import { cutToWidth, fitToWidth, widthOf } from './text-width.ts';

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** What programs get instead. @default text */
  readonly plainText?: (row: Row) => string;
  /** To how many columns of the terminal it may be cut; undefined: it is never cut. */
  readonly least?: number;
  readonly align?: 'start' | 'end';
  readonly paint?: (text: string, row: Row) => string;
}

/** Lines for a terminal, with a head. Where space is short the last columns are cut first. */
export function tableLines<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  terminalColumns: number,
): readonly { readonly kind: 'head' | 'row'; readonly text: string }[] {
  const texts = rows.map((row) =>
    columns.map(({ text }) => safeLine(cutToWidth(text(row).slice(0, longest), terminalColumns))),
  );
  const widths = columnWidths(columns, texts, terminalColumns);
  const line = (cells: readonly string[], row?: Row): string => {
    let left = terminalColumns;
    const fitted = columns.map(({ align = 'start', paint }, index) => {
      const width = Math.min(widths[index] ?? 0, left);
      left -= width + gap.length;
      const isLast = index === columns.length - 1 && align === 'start';
      const cell = cells[index] ?? '';
      const text = isLast ? cutToWidth(cell, width) : fitToWidth(cell, Math.max(0, width), align);
      return paint === undefined || row === undefined ? text : paint(text, row);
    });
    return fitted.join(gap).trimEnd();
  };
  return [
    { kind: 'head', text: line(columns.map(({ title }) => title)) },
    ...rows.map((row, index) => ({ kind: 'row' as const, text: line(texts[index] ?? [], row) })),
  ];
}

/** Lines for programs: cells apart by tabs, uncut, without a head. */
export function tabbedLines<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): readonly string[] {
  return rows.map((row) =>
    columns.map(({ text, plainText = text }) => safeLine(plainText(row))).join('\t'),
  );
}

const gap = '  ';
// More than any terminal shows in a line.
const longest = 10_000;

function columnWidths<Row>(
  columns: readonly Column<Row>[],
  texts: readonly (readonly string[])[],
  terminalColumns: number,
): number[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(widthOf(title), ...texts.map((cells) => widthOf(cells[index] ?? ''))),
  );
  const total = widths.reduce((sum, width) => sum + width, gap.length * (columns.length - 1));
  let tooMany = total - terminalColumns;
  for (let index = columns.length - 1; index >= 0 && tooMany > 0; index--) {
    const width = widths[index] ?? 0;
    const kept = Math.max(Math.min(width, columns[index]?.least ?? width), width - tooMany);
    widths[index] = kept;
    tooMany -= width - kept;
  }
  return widths;
}
