import type { TaskListItem } from '../../src/index.ts';
import type { AgentRun } from './run-agents.ts';

/** One line for what a caller of the agent got. */
export function describeResult({ title, result, requestId }: AgentRun): string {
  const answer = result.kind === 'response' ? result.body : result.errorMessage;
  const time = `${Math.round(result.responseMs)} ms`;
  return `${title.padEnd(42)} ${requestId.slice(0, 8)}  ${time.padStart(7)}  ${result.kind}: ${oneLine(answer, 40)}`;
}

/** The tasks of these runs as a table, newest first. */
export function historyTable(history: readonly TaskListItem[], runs: readonly AgentRun[]): string {
  const ids = new Set(runs.map(({ requestId }) => requestId));
  const rows = history
    .filter(({ id }) => ids.has(id))
    .map(({ id, status, updatedAt, result }) => [
      id.slice(0, 8),
      status,
      String(updatedAt ?? '').slice(11, 19),
      oneLine(result ?? '', 60),
    ]);
  return [['task', 'status', 'updated', 'result'], ...rows]
    .map(([id = '', status = '', updated = '', result = '']) =>
      [id.padEnd(10), status.padEnd(11), updated.padEnd(10), result].join(''),
    )
    .join('\n');
}

function oneLine(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
