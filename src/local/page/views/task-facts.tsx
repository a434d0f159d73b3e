/** The key facts of a task. */
import type { ComponentChildren, JSX } from 'preact';
import type { TaskRow, TaskVersion } from '../../wire/page-data.ts';
import {
  cacheParts,
  readableCount,
  readableDuration,
  readableTime,
} from '../format/readable-values.ts';
import { Age } from './task-row-line.tsx';

export interface TaskFactsProps {
  readonly task: TaskRow;
  readonly version: TaskVersion;
}

export function TaskFacts({ task, version }: TaskFactsProps): JSX.Element {
  const { tokens, callsWithoutUsage, usedTools, durationSeconds, receivedAt } = version;
  return (
    <dl class="facts">
      <Fact name="Duration">{readableDuration(durationSeconds)}</Fact>
      <Fact name="Tokens">
        {tokens === null ? (
          <span class="none">unknown</span>
        ) : (
          <>
            {readableCount(tokens.totalTokens)}{' '}
            <span class="detail">
              {[
                `${readableCount(tokens.promptTokens)} in`,
                `${readableCount(tokens.completionTokens)} out`,
                ...cacheParts(tokens),
              ].join(' · ')}
            </span>
          </>
        )}
        {callsWithoutUsage > 0 ? (
          <span class="detail">
            {' '}
            unknown for {readableCount(callsWithoutUsage)}{' '}
            {callsWithoutUsage === 1 ? 'LLM call' : 'LLM calls'}
          </span>
        ) : null}
      </Fact>
      <Fact name="Reported">
        <Age iso={receivedAt} /> <span class="detail">{readableTime(receivedAt)}</span>
      </Fact>
      {task.reportCount > 1 ? (
        <Fact name="First report">
          <Age iso={task.createdAt} /> <span class="detail">{readableTime(task.createdAt)}</span>
        </Fact>
      ) : null}
      <Fact name="Tools" isWide={true}>
        {usedTools.length === 0 ? <span class="none">none</span> : null}
        {toolUses(usedTools).map(([name, count]) => (
          <span key={name} class="tool">
            <bdi>{name}</bdi>
            {count > 1 ? <span class="more">×{count}</span> : null}
          </span>
        ))}
      </Fact>
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  readonly isWide?: boolean;
  readonly children: ComponentChildren;
}

function Fact({ name, isWide = false, children }: FactProps): JSX.Element {
  return (
    <div class={isWide ? 'wide' : ''}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function toolUses(names: readonly string[]): [name: string, count: number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts];
}
