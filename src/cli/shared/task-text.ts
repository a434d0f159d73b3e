/** A task with all that people want to know of it. */
import type { Task, TaskTokens } from '../../platform/task.ts';
import { lookOf } from './task-status.ts';
import type { Terminal } from './terminal.ts';
import { safeLine, safeLines } from './terminal-text.ts';
import { ageText, durationText, parseTime, timeText } from './time-text.ts';

export function taskText(task: Task, { paint }: Terminal): string {
  const status = task.status ?? 'unknown';
  const { mark, style } = lookOf(status);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Task', task.id],
    ['Title', task.title ?? undefined],
    ['Agent', task.agentId],
    ['Status', `${mark} ${status}`],
    ['Created', timeAndAge(task.createdAt)],
    ['Finished', timeAndAge(task.finishedAt)],
    ['Duration', typeof task.duration === 'number' ? durationText(task.duration) : undefined],
    ['Tokens', task.tokens ? tokensText(task.tokens) : undefined],
    ['Tools', task.usedTools?.join(', ') || undefined],
    ['Files', task.input.files?.join(', ') || undefined],
  ];
  const lines = facts.flatMap(([name, value]) => {
    if (value === undefined) return [];
    const text = safeLine(value);
    return `${paint('dim', name.padEnd(nameWidth))}${name === 'Status' ? paint(style, text) : text}`;
  });
  return [
    ...lines,
    ...section(paint('bold', 'Input'), task.input.text),
    ...section(paint('bold', 'Result'), task.result),
  ].join('\n');
}

const nameWidth = 10;

function section(title: string, text: unknown): string[] {
  if (typeof text !== 'string' || text === '') return [];
  return ['', title, ...safeLines(text.trimEnd()).map((line) => `  ${line}`)];
}

function timeAndAge(text: string | null | undefined): string | undefined {
  const time = parseTime(text);
  if (time === undefined) return text ?? undefined;
  const age = ageText(time);
  return `${timeText(time)}${age.includes('-') ? '' : ` (${age} ago)`}`;
}

function tokensText(tokens: TaskTokens): string {
  const { promptTokens, completionTokens, cacheReadTokens, cacheWriteTokens, totalTokens } = tokens;
  const parts = [
    `${countText(promptTokens)} prompt`,
    `${countText(completionTokens)} completion`,
    ...(cacheReadTokens > 0 ? [`${countText(cacheReadTokens)} cache read`] : []),
    ...(cacheWriteTokens > 0 ? [`${countText(cacheWriteTokens)} cache write`] : []),
  ];
  return `${countText(totalTokens)} (${parts.join(', ')})`;
}

/** `2,140` */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}
