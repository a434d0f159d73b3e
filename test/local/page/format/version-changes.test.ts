import { expect, test } from 'vitest';
import { versionChanges } from '../../../../src/local/page/format/version-changes.ts';
import type { TaskVersion } from '../../../../src/local/wire/page-data.ts';

const version: TaskVersion = {
  number: 1,
  receivedAt: '2026-01-01T00:00:00.000Z',
  status: 'failed',
  input: 'a\nb',
  result: null,
  durationSeconds: 1,
  tokens: null,
  usedTools: [],
  llmResponse: { a: 1 },
  callsWithoutUsage: 0,
  request: { method: 'POST', path: '/', headers: {}, body: '{}' },
};

test('lists the changes of a version', () => {
  const newer: TaskVersion = {
    ...version,
    status: 'completed',
    input: 'a\nc\nd',
    result: 'done',
    tokens: {
      promptTokens: 1000,
      completionTokens: 2,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      totalTokens: 1002,
    },
    usedTools: ['search'],
    llmResponse: { a: 2 },
  };

  expect(versionChanges(version, newer)).toEqual([
    { field: 'Status', hint: 'failed → completed' },
    { field: 'Input', hint: '+2 −1 lines, +2 characters' },
    { field: 'Result', hint: 'added' },
    { field: 'Tokens', hint: 'none → 1,000 + 2' },
    { field: 'Tools', hint: 'none → search' },
    { field: 'LLM response', hint: 'changed' },
  ]);
});

test('lists no changes for equal versions', () => {
  expect(versionChanges(version, { ...version, number: 2 })).toEqual([]);
});
