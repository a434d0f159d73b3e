import type { RowTokens } from '../wire/page-data.ts';
import type { AcceptedReport, TaskStatus } from '../wire/report-schemas.ts';
import { type ModelTokens, modelTokens } from './model-tokens.ts';
import { rowTokens } from './row-tokens.ts';
import { foldCase } from './search-text.ts';
import { firstLine, shorten } from './short-text.ts';

/** What of a report the page looks tasks up by; small, however large the report is. */
export interface IndexEntry {
  readonly status: TaskStatus;
  readonly durationSeconds: number;
  readonly tokens: RowTokens | null;
  /** First line of the input, shortened. */
  readonly inputLine: string | null;
  readonly resultLine: string | null;
  /** Each once, shortened, the first thousand. */
  readonly tools: readonly string[];
  /** How many the report named, each once. */
  readonly toolCount: number;
  readonly models: readonly ModelTokens[];
  /** Folded as `foldCase` does. */
  readonly searchText: string;
}

const longestLine = 200;
const longestTool = 200;
const mostTools = 1000;
/** Characters of the input, and as many of the result, in which free text is found. */
const searchedCharacters = 16_384;

export function indexEntry(id: string, report: AcceptedReport): IndexEntry {
  const tools = new Set(report.usedTools.map((tool) => shorten(tool, longestTool)));
  return {
    status: report.status,
    durationSeconds: report.durationSeconds,
    tokens: rowTokens(report.tokens),
    inputLine: firstLine(report.input, longestLine),
    resultLine: firstLine(report.result, longestLine),
    tools: [...tools].slice(0, mostTools),
    toolCount: tools.size,
    models: modelTokens(report.llmResponse, report.tokens),
    searchText: foldCase(
      [id, report.input ?? '', report.result ?? '']
        .map((text) => text.slice(0, searchedCharacters))
        .join('\n'),
    ),
  };
}
