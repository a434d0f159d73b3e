/** A row of the task list. */
import type { JSX } from 'preact';
import type { TaskRow } from '../../wire/page-data.ts';
import { StatusMark } from '../components/status-mark.tsx';
import {
  readableAge,
  readableCount,
  readableDuration,
  readableTime,
  shortCount,
} from '../format/readable-values.ts';
import { nowMs } from '../state/clock.ts';
import { writeRoute } from '../state/route.ts';
import type { TaskFilters } from '../state/task-filters.ts';

export interface TaskRowLineProps {
  readonly row: TaskRow;
  readonly filters: TaskFilters;
  readonly top: number;
  readonly index: number;
  readonly isSelected: boolean;
  readonly isInTabOrder: boolean;
  readonly isHighlighted: boolean;
}

export function TaskRowLine(props: TaskRowLineProps): JSX.Element {
  const { row, filters, top, index, isSelected, isInTabOrder, isHighlighted } = props;
  const { agentId, id, status, usedTools, toolCount, tokens, durationSeconds, reportCount } = row;
  const address = writeRoute({ kind: 'tasks', filters, task: { agentId, id }, version: null });
  const hasFailed = status === 'failed' || status === 'error';
  return (
    <tr
      class={`row line ${isSelected ? 'selected' : ''} ${isHighlighted ? 'fresh' : ''}`}
      aria-rowindex={index + 2}
      style={{ transform: `translateY(${top}px)` }}
    >
      <td class="cell status">
        <StatusMark status={status} />
      </td>
      <td class="cell agent" title={agentId}>
        <bdi>{agentId}</bdi>
      </td>
      <td class="cell input">
        <a
          href={address}
          tabIndex={isInTabOrder ? 0 : -1}
          aria-current={isSelected ? 'true' : undefined}
          data-task-link
        >
          {row.inputLine === null ? (
            <span class="none">No input · {id}</span>
          ) : (
            <bdi>{row.inputLine}</bdi>
          )}
        </a>
        {hasFailed && row.resultLine !== null ? (
          <span class="row-error">
            <bdi>{row.resultLine}</bdi>
          </span>
        ) : null}
        {reportCount > 1 ? (
          <span class="count" title={`Reported ${readableCount(reportCount)} times`}>
            ×{shortCount(reportCount)}
          </span>
        ) : null}
      </td>
      <td class="cell tools" title={usedTools.join(', ')}>
        <ToolNames names={usedTools} count={toolCount} />
      </td>
      <td class="cell tokens number">
        {tokens === null ? <span class="none">–</span> : shortCount(tokens.totalTokens)}
      </td>
      <td class="cell duration number">{readableDuration(durationSeconds)}</td>
      <td class="cell age number">
        <Age iso={row.updatedAt} />
      </td>
    </tr>
  );
}

interface ToolNamesProps {
  /** The first tools. */
  readonly names: readonly string[];
  /** The total number of tools. */
  readonly count: number;
}

function ToolNames({ names, count }: ToolNamesProps): JSX.Element | null {
  const first = names[0];
  if (first === undefined) return null;
  return (
    <>
      <bdi class="tool">{first}</bdi>
      {count > 1 ? <span class="more">+{count - 1}</span> : null}
    </>
  );
}

/** A separate component, so that the clock rerenders only the ages. */
export function Age({ iso }: { readonly iso: string }): JSX.Element {
  return (
    <time dateTime={iso} title={readableTime(iso)}>
      {readableAge(iso, nowMs.value)}
    </time>
  );
}
