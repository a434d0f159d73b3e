/** Formats a received task as one line. */
import type { TaskRow } from '../../local/wire/page-data.ts';
import { formatCount } from '../shared/format-task.ts';
import { formatClock, formatDuration, parseTime } from '../shared/format-time.ts';
import { statusStyle } from '../shared/status-style.ts';
import type { Style, Terminal } from '../shared/terminal.ts';
import { safeLine } from '../shared/terminal-text.ts';
import { padToWidth, textWidth } from '../shared/text-width.ts';

interface Cell {
  readonly text: string;
  readonly width: number;
  readonly align?: 'start' | 'end';
  readonly style?: Style;
}

const gap = '  ';
const maxAgentWidth = 20;
const maxToolsWidth = 24;
// A narrow terminal shows this much text before it shows duration, tokens and tools.
const minTextWidth = 20;
// More than any terminal shows in a line.
const maxTextLength = 1_000;

/** Aligns the lines as columns. The agent and tools columns grow with the widest value so far. */
export function createTaskLineFormatter({ columns, paint }: Terminal): (row: TaskRow) => string {
  let agentWidth = 0;
  let toolsWidth = 0;
  return (row) => {
    const agent = sanitize(row.agentId);
    const tools = sanitize(row.usedTools.join(', '));
    agentWidth = Math.min(maxAgentWidth, Math.max(agentWidth, textWidth(agent)));
    toolsWidth = Math.min(maxToolsWidth, Math.max(toolsWidth, textWidth(tools)));
    const { mark, style } = statusStyle(row.status);
    const text = sanitize(describeTask(row));
    const required: readonly Cell[] = [
      { text: formatClock(parseTime(row.updatedAt) ?? Date.now()), width: 8, style: 'dim' },
      { text: mark, width: 1, style },
      { text: agent, width: agentWidth },
    ];
    const optional: readonly Cell[] = [
      { text: formatDuration(row.durationSeconds), width: 7, align: 'end' },
      { text: formatTokens(row), width: 11, align: 'end' },
      { text: tools, width: toolsWidth, style: 'dim' },
    ];
    const last: Cell = { text, width: textWidth(text), ...(style === 'red' && { style }) };

    const width = columns() ?? Number.POSITIVE_INFINITY;
    const available = width - minTextWidth - totalWidth(required);
    return joinCells([...required, ...cellsWithin(optional, available), last], width);
  };

  function joinCells(cells: readonly Cell[], width: number): string {
    let left = width;
    const texts: string[] = [];
    for (const cell of cells) {
      const cellWidth = Math.min(cell.width, left);
      if (cellWidth <= 0) continue;
      const text = padToWidth(cell.text, cellWidth, cell.align ?? 'start');
      texts.push(cell.style === undefined ? text : paint(cell.style, text));
      left -= cellWidth + gap.length;
    }
    return texts.join(gap).trimEnd();
  }
}

/** The first cells that fit. */
function cellsWithin(cells: readonly Cell[], available: number): readonly Cell[] {
  const count = cells.findIndex((_, index) => totalWidth(cells.slice(0, index + 1)) > available);
  return count === -1 ? cells : cells.slice(0, count);
}

/** Includes the gap after each cell. */
function totalWidth(cells: readonly Cell[]): number {
  return cells.reduce((sum, { width }) => sum + width + gap.length, 0);
}

function sanitize(text: string): string {
  return safeLine(text.slice(0, maxTextLength));
}

function formatTokens({ tokens }: TaskRow): string {
  if (tokens === null) return '–';
  return `${formatCount(tokens.promptTokens)}+${formatCount(tokens.completionTokens)}`;
}

/** The input, and the error of a failed task. */
function describeTask({ inputLine, resultLine, status, reportCount }: TaskRow): string {
  const again = reportCount > 1 ? `(report ${reportCount}) ` : '';
  const reason = status === 'failed' ? resultLine : null;
  return again + [inputLine, reason].filter(Boolean).join(' → ');
}
