/** Compares a version of a task with the previous one. */
import type { TaskVersion } from '../../wire/page-data.ts';
import { cacheParts, readableCount, readableDuration } from './readable-values.ts';

export interface Change {
  readonly field: string;
  /** Such as `failed → completed`, or `2 lines added`. */
  readonly hint: string;
}

export function versionChanges(older: TaskVersion, newer: TaskVersion): Change[] {
  const changes: (Change | null)[] = [
    shortChange('Status', older.status, newer.status),
    textChange('Input', older.input, newer.input),
    textChange('Result', older.result, newer.result),
    shortChange(
      'Duration',
      readableDuration(older.durationSeconds),
      readableDuration(newer.durationSeconds),
    ),
    shortChange('Tokens', tokenCount(older), tokenCount(newer)),
    shortChange(
      'Tools',
      older.usedTools.join(', ') || 'none',
      newer.usedTools.join(', ') || 'none',
    ),
    sameJson(older.llmResponse, newer.llmResponse)
      ? null
      : { field: 'LLM response', hint: 'changed' },
  ];
  return changes.filter((change) => change !== null);
}

function shortChange(field: string, before: string, after: string): Change | null {
  return before === after ? null : { field, hint: `${before} → ${after}` };
}

function tokenCount({ tokens }: TaskVersion): string {
  if (tokens === null) return 'none';
  const counts = `${readableCount(tokens.promptTokens)} + ${readableCount(tokens.completionTokens)}`;
  return [counts, ...cacheParts(tokens)].join(', ');
}

function textChange(field: string, before: string | null, after: string | null): Change | null {
  if (before === after) return null;
  if (before === null) return { field, hint: 'added' };
  if (after === null) return { field, hint: 'removed' };
  const { added, removed } = lineCounts(before.split('\n'), after.split('\n'));
  const characters = after.length - before.length;
  const sign = characters < 0 ? '−' : '+';
  return {
    field,
    hint: `+${added} −${removed} ${added + removed === 1 ? 'line' : 'lines'}, ${sign}${readableCount(Math.abs(characters))} characters`,
  };
}

/** Counts lines that only one text has, independent of their order, in linear time. */
function lineCounts(
  before: readonly string[],
  after: readonly string[],
): { readonly added: number; readonly removed: number } {
  const balance = new Map<string, number>();
  for (const line of before) balance.set(line, (balance.get(line) ?? 0) - 1);
  for (const line of after) balance.set(line, (balance.get(line) ?? 0) + 1);
  const counts = [...balance.values()];
  return {
    added: counts.reduce((sum, count) => sum + Math.max(0, count), 0),
    removed: counts.reduce((sum, count) => sum + Math.max(0, -count), 0),
  };
}

function sameJson(one: unknown, other: unknown): boolean {
  try {
    return JSON.stringify(one) === JSON.stringify(other);
  } catch {
    return false;
  }
}
