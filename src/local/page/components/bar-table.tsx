/** A table with a bar for each row. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { readableCount } from '../format/readable-values.ts';

export interface BarTableProps {
  readonly title: string;
  /** Header of the name column, such as `Model`. */
  readonly nameHeader: string;
  /** The segments of each bar. */
  readonly parts: readonly { readonly label: string; readonly color: string }[];
  readonly rows: readonly BarRow[];
  readonly empty: string;
}

export interface BarRow {
  readonly name: string;
  /** One value for each part. */
  readonly values: readonly number[];
}

const collapsedRows = 8;

export function BarTable({ title, nameHeader, parts, rows, empty }: BarTableProps): JSX.Element {
  const isExpanded = useSignal(false);
  const longest = Math.max(1, ...rows.map(total));
  return (
    <figure class="chart bars">
      <figcaption>
        <h2>{title}</h2>
        {parts.length < 2 ? null : (
          <ul class="legend">
            {parts.map(({ label, color }) => (
              <li key={label}>
                <span class={`swatch ${color.slice(2)}`} />
                {label}
              </li>
            ))}
          </ul>
        )}
      </figcaption>
      {rows.length === 0 ? (
        <p class="none">{empty}</p>
      ) : (
        <table>
          <thead class="off-screen">
            <tr>
              <th scope="col">{nameHeader}</th>
              {parts.map(({ label }) => (
                <th key={label} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, isExpanded.value ? rows.length : collapsedRows).map((row) => (
              <Bar key={row.name} row={row} parts={parts} longest={longest} />
            ))}
          </tbody>
        </table>
      )}
      {rows.length > collapsedRows ? (
        <button
          type="button"
          class="quiet more"
          aria-expanded={isExpanded.value}
          onClick={() => {
            isExpanded.value = !isExpanded.value;
          }}
        >
          {isExpanded.value
            ? 'Show fewer'
            : `Show ${readableCount(rows.length - collapsedRows)} more`}
        </button>
      ) : null}
    </figure>
  );
}

interface BarProps extends Pick<BarTableProps, 'parts'> {
  readonly row: BarRow;
  readonly longest: number;
}

function Bar({ row, parts, longest }: BarProps): JSX.Element {
  const tooltip = parts
    .map(({ label }, index) => `${label}: ${readableCount(row.values[index] ?? 0)}`)
    .join('\n');
  return (
    <tr title={`${row.name}\n${tooltip}`}>
      <th scope="row">
        <bdi>{row.name}</bdi>
        <span class="bar" aria-hidden="true">
          {parts.map(({ label, color }, index) => (
            <span
              key={label}
              class={`bar-part ${color.slice(2)}`}
              style={{ width: `${((row.values[index] ?? 0) / longest) * 100}%` }}
            />
          ))}
        </span>
      </th>
      {parts.map(({ label }, index) => (
        <td key={label} class="number">
          {readableCount(row.values[index] ?? 0)}
        </td>
      ))}
    </tr>
  );
}

function total({ values }: BarRow): number {
  return values.reduce((sum, value) => sum + value, 0);
}
