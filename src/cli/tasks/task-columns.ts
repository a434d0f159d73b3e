/** The columns of the task table. */
import type { TaskListItem } from '../../platform/task.ts';
import { formatAge, parseTime } from '../shared/format-time.ts';
import { statusStyle } from '../shared/status-style.ts';
import type { Column } from '../shared/table.ts';
import type { Terminal } from '../shared/terminal.ts';

export function taskColumns({ paint }: Terminal): readonly Column<TaskListItem>[] {
  return [
    {
      title: 'AGE',
      text: (task) => age(task),
      plainText: (task) => task.updatedAt ?? task.createdAt ?? '',
      align: 'end',
    },
    {
      title: 'STATUS',
      text: ({ status }) => `${statusStyle(status).mark} ${status}`,
      plainText: ({ status }) => status,
      minWidth: 1,
      paint: (text, { status }) => paint(statusStyle(status).style, text),
    },
    { title: 'AGENT', text: ({ agentId }) => agentId, minWidth: 8 },
    { title: 'ID', text: ({ id }) => id, minWidth: 12 },
    { title: 'RESULT', text: titleAndResult, minWidth: 10 },
  ];
}

/** The time of the last report, in epoch milliseconds. */
export function lastReportTime(task: TaskListItem): number | undefined {
  return parseTime(task.updatedAt) ?? parseTime(task.createdAt);
}

function age(task: TaskListItem): string {
  const time = lastReportTime(task);
  return time === undefined ? '' : formatAge(time);
}

function titleAndResult({ title, result }: TaskListItem): string {
  return [title, result].filter(Boolean).join(': ');
}
