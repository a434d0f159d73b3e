/** The symbol and colour of a task status. */
import type { TaskStatus } from '../../platform/task.ts';
import type { Style } from './terminal.ts';

export const taskStatuses: readonly TaskStatus[] = [
  'pending',
  'executing',
  'paused',
  'error',
  'failed',
  'completed',
  'stopped',
];

export interface StatusStyle {
  readonly mark: string;
  readonly style: Style;
}

export function statusStyle(status: string | null | undefined): StatusStyle {
  switch (status) {
    case 'completed':
      return { mark: '✓', style: 'green' };
    case 'failed':
    case 'error':
      return { mark: '✗', style: 'red' };
    default:
      return { mark: '•', style: 'yellow' };
  }
}
