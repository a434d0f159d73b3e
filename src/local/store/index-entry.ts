import type { RowTokens } from '../wire/page-data.ts';
import type { AcceptedReport, TaskStatus } from '../wire/report-schemas.ts';
import { type ModelTokens, modelTokens } from './model-tokens.ts';
import { rowTokens } from './row-tokens.ts';
import { foldCase } from './search-text.ts';
import { firstLine, truncate } from './truncate-text.ts';

/** The small, searchable part of a report for the task list. */
export interface IndexEntry {
  readonly status: TaskStatus;
  readonly durationSeconds: number;
  readonly tokens: RowTokens | null;
  /** The first line of the input, truncated. */
  readonly inputLine: string | null;
  readonly resultLine: string | null;
  /** Unique names, truncated; at most a thousand. */
  readonly tools: readonly string[];
  /** The number of unique tools. */
  readonly toolCount: number;
  readonly models: readonly ModelTokens[];
  /** Case-folded with `foldCase`. */
  readonly searchText: string;
}

const maxLineLength = 200;
const maxToolLength = 200;
const maxTools = 1000;
/** The number of characters of input and of result that are searchable. */
const maxSearchLength = 16_384;

export function indexEntry(id: string, report: AcceptedReport): IndexEntry {
  const tools = new Set(report.usedTools.map((tool) => truncate(tool, maxToolLength)));
  return {
    status: report.status,
    durationSeconds: report.durationSeconds,
    tokens: rowTokens(report.tokens),
    inputLine: firstLine(report.input, maxLineLength),
    resultLine: firstLine(report.result, maxLineLength),
    tools: [...tools].slice(0, maxTools),
    toolCount: tools.size,
    models: modelTokens(report.llmResponse, report.tokens),
    searchText: foldCase(
      [id, report.input ?? '', report.result ?? '']
        .map((text) => text.slice(0, maxSearchLength))
        .join('\n'),
    ),
  };
}
