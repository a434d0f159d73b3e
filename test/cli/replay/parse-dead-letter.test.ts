import { expect, test } from 'vitest';
import { parseUndeliveredLine } from '../../../src/cli/replay/parse-dead-letter.ts';
import { wireReport } from './log-lines.ts';

const line = { reason: 'r', attempts: 1, agent_id: 'agent-1', report: wireReport() };

test('keeps everything of a report, also what is not known', () => {
  const report = { ...wireReport({ llm_response: { deep: [1, null] } }), later_field: { a: 1 } };

  const parsed = parseUndeliveredLine(JSON.stringify({ ...line, report }));

  expect(parsed).toEqual({
    kind: 'report',
    agentId: 'agent-1',
    id: 'run-1',
    isSuccess: true,
    body: JSON.stringify(report),
  });
});

test.each([
  ['{"reason":', 'it is not valid JSON'],
  [[], "'' is not"],
  [{ ...line, reason: 1 }, "'reason' is not"],
  [{ ...line, attempts: -1 }, "'attempts' is not"],
  [{ ...line, agent_id: undefined }, "'agent_id' is not"],
  [{ ...line, agent_id: ' ' }, "'agent_id' is not"],
  [{ ...line, agent_id: '..' }, "'agent_id' is not"],
  [{ ...line, report: undefined }, "'report' is not"],
  [{ ...line, report: { ...wireReport(), id: null } }, "'report.id' is not"],
  [{ ...line, report: { ...wireReport(), id: '' } }, "'report.id' is not"],
  [{ ...line, report: { ...wireReport(), id: '.' } }, "'report.id' is not"],
  [{ ...line, report: { ...wireReport(), is_success: 'yes' } }, "'report.is_success' is not"],
  [{ ...line, report: { ...wireReport(), input: {} } }, "'report.input' is not"],
  [{ ...line, report: { ...wireReport(), used_tools: [1] } }, "'report.used_tools.0' is not"],
])('refuses %j', (value, reason) => {
  const json = typeof value === 'string' ? value : JSON.stringify(value);

  const parsed = parseUndeliveredLine(json);

  expect(parsed).toEqual({ kind: 'unreadable', reason: expect.stringContaining(reason) });
});

test('does not say what a line holds', () => {
  const json = JSON.stringify({ ...line, report: { ...wireReport(), tokens: 'SECRET' } });

  const parsed = [parseUndeliveredLine(json), parseUndeliveredLine(`{"a":SECRET}`)];

  expect(JSON.stringify(parsed)).not.toContain('SECRET');
});
