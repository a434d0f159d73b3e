/** Says that tasks wait on top of what is being read. */
import type { JSX } from 'preact';
import { Icon } from '../components/icons.tsx';
import { readableCount } from '../format/readable-values.ts';

export interface NewTasksPillProps {
  readonly count: number;
  /** More than were counted. */
  readonly hasMore: boolean;
  readonly onShow: () => void;
}

export function NewTasksPill({ count, hasMore, onShow }: NewTasksPillProps): JSX.Element | null {
  if (count === 0) return null;
  return (
    <button type="button" class="pill" onClick={onShow}>
      <Icon name="up" />
      {`${readableCount(count)}${hasMore ? '+' : ''} new`}
    </button>
  );
}
