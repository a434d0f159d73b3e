/** Formats a task with all its details. */
import type { Task } from '../../platform/task.ts';
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
    ['Tokens', formatTokens(task['tokens'])],
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

/** Reads the wire's names because the client does not rename fields inside a record. */
function formatTokens(tokens: unknown): string | undefined {
  if (typeof tokens !== 'object' || tokens === null) return undefined;
  const prompt: unknown = Reflect.get(tokens, 'prompt_tokens');
  const completion: unknown = Reflect.get(tokens, 'completion_tokens');
  if (typeof prompt !== 'number' || typeof completion !== 'number') return undefined;
  const [sum, ...parts] = [prompt + completion, prompt, completion].map(formatCount);
  return `${sum} (${parts[0]} prompt, ${parts[1]} completion)`;
}

/** `2,140` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}
