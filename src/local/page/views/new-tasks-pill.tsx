/** The button that shows new tasks which are held back while the user reads. */
import type { JSX } from 'preact';
import { Icon } from '../components/icons.tsx';
import { readableCount } from '../format/readable-values.ts';

export interface NewTasksPillProps {
  readonly count: number;
  /** Whether there are more than `count`. */
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
