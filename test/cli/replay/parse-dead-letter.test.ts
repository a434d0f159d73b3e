import { expect, test } from 'vitest';
import { parseDeadLetter } from '../../../src/cli/replay/parse-dead-letter.ts';
import { wireReport } from './log-lines.ts';

const line = { reason: 'r', attempts: 1, agent_id: 'agent-1', report: wireReport() };

test('keeps all fields of a report, including unknown ones', () => {
  const report = { ...wireReport({ llm_response: { deep: [1, null] } }), later_field: { a: 1 } };

  const parsed = parseDeadLetter(JSON.stringify({ ...line, report }));

  expect(parsed).toEqual({
    kind: 'report',
    agentId: 'agent-1',
    id: 'run-1',
    isSuccess: true,
    body: JSON.stringify(report),
  });
});

test.each([
  ['{"reason":', 'not valid JSON'],
  [[], "invalid field ''"],
  [{ ...line, reason: 1 }, "invalid field 'reason'"],
  [{ ...line, attempts: -1 }, "invalid field 'attempts'"],
  [{ ...line, agent_id: undefined }, "invalid field 'agent_id'"],
  [{ ...line, agent_id: ' ' }, "invalid field 'agent_id'"],
  [{ ...line, agent_id: '..' }, "invalid field 'agent_id'"],
  [{ ...line, report: undefined }, "invalid field 'report'"],
  [{ ...line, report: { ...wireReport(), id: null } }, "invalid field 'report.id'"],
  [{ ...line, report: { ...wireReport(), id: '' } }, "invalid field 'report.id'"],
  [{ ...line, report: { ...wireReport(), id: '.' } }, "invalid field 'report.id'"],
  [
    { ...line, report: { ...wireReport(), is_success: 'yes' } },
    "invalid field 'report.is_success'",
  ],
  [{ ...line, report: { ...wireReport(), input: {} } }, "invalid field 'report.input'"],
  [
    { ...line, report: { ...wireReport(), used_tools: [1] } },
    "invalid field 'report.used_tools.0'",
  ],
])('rejects %j as a dead letter', (value, reason) => {
  const json = typeof value === 'string' ? value : JSON.stringify(value);

  const parsed = parseDeadLetter(json);

  expect(parsed).toEqual({ kind: 'unreadable', reason: expect.stringContaining(reason) });
});

test('does not quote the line in the reason', () => {
  const json = JSON.stringify({ ...line, report: { ...wireReport(), tokens: 'SECRET' } });

  const parsed = [parseDeadLetter(json), parseDeadLetter(`{"a":SECRET}`)];

  expect(JSON.stringify(parsed)).not.toContain('SECRET');
});
