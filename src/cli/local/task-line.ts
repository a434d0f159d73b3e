/** A task that has just arrived, as one line. */
import type { TaskRow } from '../../local/wire/page-data.ts';
import { lookOf } from '../shared/task-status.ts';
import { countText } from '../shared/task-text.ts';
import type { Style, Terminal } from '../shared/terminal.ts';
import { safeLine } from '../shared/terminal-text.ts';
import { fitToWidth, widthOf } from '../shared/text-width.ts';
import { clockText, durationText, parseTime } from '../shared/time-text.ts';

interface Cell {
  readonly text: string;
  readonly width: number;
  readonly align?: 'start' | 'end';
  readonly style?: Style;
}

const gap = '  ';
const mostForAgent = 20;
const mostForTools = 24;
// On a narrow terminal this much text is worth more than tools, tokens and duration.
const leastForText = 20;
// More than any terminal shows in a line.
const longest = 1_000;

/** Writes lines that stand below each other: agents and tools take as much as those so far. */
export function createTaskLine({ columns, paint }: Terminal): (row: TaskRow) => string {
  let agentWidth = 0;
  let toolsWidth = 0;
  return (row) => {
    const agent = readable(row.agentId);
    const tools = readable(row.usedTools.join(', '));
    agentWidth = Math.min(mostForAgent, Math.max(agentWidth, widthOf(agent)));
    toolsWidth = Math.min(mostForTools, Math.max(toolsWidth, widthOf(tools)));
    const { mark, style } = lookOf(row.status);
    const text = readable(textOf(row));
    const always: readonly Cell[] = [
      { text: clockText(parseTime(row.updatedAt) ?? Date.now()), width: 8, style: 'dim' },
      { text: mark, width: 1, style },
      { text: agent, width: agentWidth },
    ];
    const more: readonly Cell[] = [
      { text: durationText(row.durationSeconds), width: 7, align: 'end' },
      { text: tokensOf(row), width: 11, align: 'end' },
      { text: tools, width: toolsWidth, style: 'dim' },
    ];
    const end: Cell = { text, width: widthOf(text), ...(style === 'red' && { style }) };

    const width = columns() ?? Number.POSITIVE_INFINITY;
    const room = width - leastForText - widthOfCells(always);
    return joined([...always, ...firstWithin(more, room), end], width);
  };

  function joined(cells: readonly Cell[], width: number): string {
    let left = width;
    const shown: string[] = [];
    for (const cell of cells) {
      const columnsOfCell = Math.min(cell.width, left);
      if (columnsOfCell <= 0) continue;
      const text = fitToWidth(cell.text, columnsOfCell, cell.align ?? 'start');
      shown.push(cell.style === undefined ? text : paint(cell.style, text));
      left -= columnsOfCell + gap.length;
    }
    return shown.join(gap).trimEnd();
  }
}

function firstWithin(cells: readonly Cell[], room: number): readonly Cell[] {
  const count = cells.findIndex((_, index) => widthOfCells(cells.slice(0, index + 1)) > room);
  return count === -1 ? cells : cells.slice(0, count);
}

/** With the gap behind each. */
function widthOfCells(cells: readonly Cell[]): number {
  return cells.reduce((sum, { width }) => sum + width + gap.length, 0);
}

function readable(text: string): string {
  return safeLine(text.slice(0, longest));
}

function tokensOf({ tokens }: TaskRow): string {
  if (tokens === null) return '–';
  return `${countText(tokens.promptTokens)}+${countText(tokens.completionTokens)}`;
}

/** What was asked; of a failure also why it failed. */
function textOf({ inputLine, resultLine, status, reportCount }: TaskRow): string {
  const again = reportCount > 1 ? `(report ${reportCount}) ` : '';
  const reason = status === 'failed' ? resultLine : null;
  return again + [inputLine, reason].filter(Boolean).join(' → ');
}
