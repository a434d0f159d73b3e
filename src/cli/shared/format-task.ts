/** Formats a task with all its details. */
import type { Task, TaskTokens } from '../../platform/task.ts';
import { formatAge, formatDuration, formatTime, parseTime } from './format-time.ts';
import { statusStyle } from './status-style.ts';
import type { Terminal } from './terminal.ts';
import { safeLine, safeLines } from './terminal-text.ts';

export function formatTask(task: Task, { paint }: Terminal): string {
  const status = task.status ?? 'unknown';
  const { mark, style } = statusStyle(status);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Task', task.id],
    ['Title', task.title ?? undefined],
    ['Agent', task.agentId],
    ['Status', `${mark} ${status}`],
    ['Created', formatTimeAndAge(task.createdAt)],
    ['Finished', formatTimeAndAge(task.finishedAt)],
    ['Duration', typeof task.duration === 'number' ? formatDuration(task.duration) : undefined],
    ['Tokens', task.tokens ? formatTokens(task.tokens) : undefined],
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

function formatTimeAndAge(text: string | null | undefined): string | undefined {
  const time = parseTime(text);
  if (time === undefined) return text ?? undefined;
  const age = formatAge(time);
  return `${formatTime(time)}${age.includes('-') ? '' : ` (${age} ago)`}`;
}

function formatTokens(tokens: TaskTokens): string {
  const { promptTokens, completionTokens, cacheReadTokens, cacheWriteTokens, totalTokens } = tokens;
  const parts = [
    `${formatCount(promptTokens)} prompt`,
    `${formatCount(completionTokens)} completion`,
    ...(cacheReadTokens > 0 ? [`${formatCount(cacheReadTokens)} cache read`] : []),
    ...(cacheWriteTokens > 0 ? [`${formatCount(cacheWriteTokens)} cache write`] : []),
  ];
  return `${formatCount(totalTokens)} (${parts.join(', ')})`;
}

/** `2,140` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}
