import { expect, test } from 'vitest';
import { hasFinishedAttempt, isFinished } from '../../src/delivery/finished-attempt.ts';
import { report, startForTest } from '../local/platform-client.ts';

test.each([
  [{ status: 'completed', duration: 1.2, result: 'done' }, true],
  [{ status: 'completed', duration: 0, result: 'done' }, true],
  [{ status: 'completed', duration: 1.2, result: null }, true],
  [{ status: 'completed', duration: 1.2 }, true],
  [{ status: 'completed', duration: 0, result: null }, false],
  [{ status: 'completed', duration: 0, result: '' }, false],
  [{ status: 'completed', duration: null, result: null }, false],
  [{ status: 'completed' }, false],
  [{ status: 'failed', duration: 0, result: null }, true],
  [{ status: 'error' }, true],
  [{ status: 'stopped' }, true],
  [{ status: 'pending', duration: 1.2, result: 'so far' }, false],
  [{ status: 'executing', duration: 1.2, result: 'so far' }, false],
  [{ status: 'paused', duration: 1.2, result: 'so far' }, false],
  [{ status: null, duration: 1.2, result: 'done' }, false],
  [{}, false],
] as const)('of the record %j says %s', (task, finished) => {
  const answer = isFinished(task);

  expect(answer).toBe(finished);
});

test.each([
  ['a run that is not known', undefined, false],
  ['a run that has only started', { id: 'run/1', is_success: true, duration: 0 }, false],
  ['a run that has ended', { id: 'run/1', is_success: true, duration: 2, result: 'ok' }, true],
  ['a run that has failed', { id: 'run/1', is_success: false, result: 'Error' }, true],
])('asks the platform about %s', async (_, known, finished) => {
  const { url } = await startForTest();
  if (known !== undefined) await report(url, 'agent-1', known);
  const connection = { baseUrl: url, apiKey: 'k', timeoutMs: 5_000 };

  const answer = await hasFinishedAttempt(connection, { agentId: 'agent-1', id: 'run/1' });

  expect(answer).toBe(finished);
});

test("does not take another agent's run with the same id for an attempt", async () => {
  const { url } = await startForTest();
  await report(url, 'agent-2', { id: 'order-1', duration: 2, result: 'ok' });
  const connection = { baseUrl: url, apiKey: 'k', timeoutMs: 5_000 };

  const answer = await hasFinishedAttempt(connection, { agentId: 'agent-1', id: 'order-1' });

  expect(answer).toBe(false);
});

test('does not take a refusal for an answer', async () => {
  const { url } = await startForTest({ apiKeys: ['other'] });
  const connection = { baseUrl: url, apiKey: 'k', timeoutMs: 5_000 };

  const asked = hasFinishedAttempt(connection, { agentId: 'agent-1', id: 'run-1' });

  await expect(asked).rejects.toMatchObject({ name: 'ApiError', statusCode: 403 });
});
