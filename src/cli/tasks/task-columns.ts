/** A task as a row. */
import type { TaskListItem } from '../../platform/task.ts';
import type { Column } from '../shared/table.ts';
import { lookOf } from '../shared/task-status.ts';
import type { Terminal } from '../shared/terminal.ts';
import { ageText, parseTime } from '../shared/time-text.ts';

export function taskColumns({ paint }: Terminal): readonly Column<TaskListItem>[] {
  return [
    {
      title: 'AGE',
      text: (task) => ageOf(task),
      plainText: (task) => task.updatedAt ?? task.createdAt ?? '',
      align: 'end',
    },
    {
      title: 'STATUS',
      text: ({ status }) => `${lookOf(status).mark} ${status}`,
      plainText: ({ status }) => status,
      least: 1,
      paint: (text, { status }) => paint(lookOf(status).style, text),
    },
    { title: 'AGENT', text: ({ agentId }) => agentId, least: 8 },
    { title: 'ID', text: ({ id }) => id, least: 12 },
    { title: 'RESULT', text: resultOf, least: 10 },
  ];
}

/** When the task was last reported, epoch milliseconds. */
export function timeOf(task: TaskListItem): number | undefined {
  return parseTime(task.updatedAt) ?? parseTime(task.createdAt);
}

function ageOf(task: TaskListItem): string {
  const time = timeOf(task);
  return time === undefined ? '' : ageText(time);
}

function resultOf({ title, result }: TaskListItem): string {
  return [title, result].filter(Boolean).join(': ');
}
