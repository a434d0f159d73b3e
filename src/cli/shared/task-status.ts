/** How the status of a task looks. */
import type { TaskStatus } from '../../platform/task.ts';
import type { Style } from './terminal.ts';

/** Every status that a task can have. */
export const taskStatuses: readonly TaskStatus[] = [
  'pending',
  'executing',
  'paused',
  'error',
  'failed',
  'completed',
  'stopped',
];

export interface StatusLook {
  readonly mark: string;
  readonly style: Style;
}

export function lookOf(status: string | null | undefined): StatusLook {
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
