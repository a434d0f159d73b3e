/** A status as colour, icon and label. */
import type { JSX } from 'preact';
import type { TaskRow } from '../../wire/page-data.ts';
import { Icon, type IconName } from './icons.tsx';

const looks: Readonly<
  Record<
    TaskRow['status'],
    { readonly label: string; readonly icon: IconName; readonly tone: string }
  >
> = {
  completed: { label: 'Completed', icon: 'check', tone: 'good' },
  failed: { label: 'Failed', icon: 'cross', tone: 'bad' },
  error: { label: 'Error', icon: 'cross', tone: 'bad' },
  executing: { label: 'Executing', icon: 'dots', tone: 'open' },
  pending: { label: 'Pending', icon: 'dots', tone: 'open' },
  paused: { label: 'Paused', icon: 'pause', tone: 'open' },
  stopped: { label: 'Stopped', icon: 'pause', tone: 'open' },
};

export function StatusMark({ status }: { readonly status: TaskRow['status'] }): JSX.Element {
  const { label, icon, tone } = looks[status];
  return (
    <span class={`status ${tone}`}>
      <span class="status-icon">
        <Icon name={icon} />
      </span>
      <span class="status-label">{label}</span>
    </span>
  );
}

export function statusLabel(status: TaskRow['status']): string {
  return looks[status].label;
}
