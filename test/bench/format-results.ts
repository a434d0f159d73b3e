/** Turns results into Markdown: what people read in the terminal and in the documentation. */

import type {
  BenchResults,
  ColdResult,
  Machine,
  WarmResult,
  WarmResults,
} from './bench-results.ts';
import type { Figure } from './compare.ts';

type Column<Row> = readonly [title: string, cell: (row: Row) => string];

const megabyte = 1024 * 1024;

export function formatResults({ date, machine, cold, warm, skipped }: BenchResults): string {
  return [
    `${date.slice(0, 16).replace('T', ' ')} UTC. ${describe(machine)}`,
    'Medians; in brackets what the bare handler of the same form and round does not take, with the 95 % interval.',
    `### A new process (API ${cold.latencyMs} ms)`,
    table(cold.variants, coldColumns),
    table(cold.variants, memoryColumns),
    ...warm.flatMap((phase) => [`### ${titleOf(phase)}`, table(phase.variants, warmColumns)]),
    ...skipped.map(({ name, reason }) => `Not measured: ${name}. ${reason}`),
  ].join('\n\n');
}

function describe({ cpus, memoryBytes, system, runtimeClient, load }: Machine): string {
  const memory = `${Math.round(memoryBytes / megabyte / 1024)} GB`;
  const [before, after] = load.map((value) => value.toFixed(1));
  return `${cpus}, ${memory}, ${system}; ${runtimeClient}; load ${before} before, ${after} after.`;
}

function titleOf({ latencyMs, waitMs, invocations }: WarmResults): string {
  const handler = waitMs === 0 ? 'answers at once' : `waits ${waitMs} ms`;
  return `Warm, API ${latencyMs} ms, the handler ${handler} (${invocations} invocations each)`;
}

const coldColumns: readonly Column<ColdResult>[] = [
  ['variant', ({ name }) => name],
  ['init, ms', (row) => withAdded(row, row.init, 1)],
  ['CPU of it, ms', (row) => withAdded(row, row.initCpu, 1)],
  ['first answer, ms', (row) => withAdded(row, row.first, 1)],
  ['first billed, ms', (row) => withAdded(row, row.firstBilled, 1)],
];

const memoryColumns: readonly Column<ColdResult>[] = [
  ['variant', ({ name }) => name],
  ['resident after init, MB', (row) => withAdded(row, row.residentAfterInit, 1, megabyte)],
  ['at the first answer, MB', (row) => withAdded(row, row.residentAtFirstAnswer, 1, megabyte)],
  ['after 5 deliveries, MB', (row) => withAdded(row, row.residentAfterDelivery, 1, megabyte)],
  ['heap at first, MB', (row) => withAdded(row, row.heapBeforeDelivery, 1, megabyte)],
  ['heap after 5, MB', (row) => withAdded(row, row.heapAfterDelivery, 1, megabyte)],
];

const warmColumns: readonly Column<WarmResult>[] = [
  ['variant', ({ name }) => name],
  ['p50, ms', (row) => withAdded(row, row.p50, 2)],
  ['p95, ms', ({ p95 }) => p95.toFixed(2)],
  ['p99, ms', ({ p99 }) => p99.toFixed(2)],
  ['billed p50, ms', (row) => withAdded(row, row.billedP50, 2)],
];

function withAdded(
  { name, baseline }: { readonly name: string; readonly baseline: string },
  { median, added }: Figure,
  digits: number,
  unit = 1,
): string {
  const value = (median / unit).toFixed(digits);
  if (name === baseline) return value;
  const [middle, low, high] = [added.median, added.low, added.high].map((part) =>
    signed(part / unit, digits),
  );
  return `${value} (${middle}, ${low} … ${high})`;
}

function signed(value: number, digits: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
}

function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = [
    columns.map(([title]) => title),
    columns.map((_, index) => (index === 0 ? '---' : '---:')),
    ...rows.map((row) => columns.map(([, cell]) => cell(row))),
  ];
  return cells.map((line) => `| ${line.join(' | ')} |`).join('\n');
}
