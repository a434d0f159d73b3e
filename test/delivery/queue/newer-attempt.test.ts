import { describe, expect, test } from 'vitest';
import { isFinished, isSuperseded, stands } from '../../../src/delivery/queue/newer-attempt.ts';
import { report, startForTest } from '../../local/platform-client.ts';

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

  const answer = await isSuperseded(connection, {
    agentId: 'agent-1',
    id: 'run/1',
    isSuccess: false,
    endedAt: Date.now() - 1_000,
  });

  expect(answer).toBe(finished);
});

const minute = 60_000;
const noon = Date.parse('2026-11-28T12:00:00Z');
const finished = (at: number) =>
  ({ status: 'failed', finishedAt: new Date(at).toISOString() }) as const;

describe.each([
  ['as ours', 0],
  ['an hour ahead', 60 * minute],
  ['an hour behind', -60 * minute],
])('with a clock of the platform that is %s', (_, aheadMs) => {
  const time = {
    askedAt: noon + 380,
    answeredAt: noon + 400,
    answeredMonotonicMs: 0,
    date: second(noon + 390 + aheadMs),
  };

  test.each([
    ['newer', 'success', true],
    ['newer', 'failure', true],
    ['older', 'success', false],
    ['older', 'failure', false],
  ] as const)('a record that is %s than our %s stands: %s', (age, kind, answer) => {
    const endedAt = noon - 5 * minute;
    const recordedAt = endedAt + aheadMs + (age === 'newer' ? minute : -minute);

    const decided = stands(finished(recordedAt), { isSuccess: kind === 'success', endedAt }, time);

    expect(decided).toBe(answer);
  });
});

test.each([
  [100, false],
  [300, true],
])('two clocks that are right decide by the millisecond: %i ms after noon', (ms, answer) => {
  const time = {
    askedAt: noon + 880,
    answeredAt: noon + 900,
    answeredMonotonicMs: 0,
    date: second(noon + 890),
  };

  const decided = stands(finished(noon + ms), { isSuccess: true, endedAt: noon + 200 }, time);

  expect(decided).toBe(answer);
});

test.each([
  ['no time of the record', { status: 'failed' }, noon],
  ['no time of the answer', finished(noon), Number.NaN],
] as const)('with %s a record stands against a failure only', (_, record, date) => {
  const time = { askedAt: noon, answeredAt: noon, answeredMonotonicMs: 0, date };

  const decided = [true, false].map((isSuccess) =>
    stands(record, { isSuccess, endedAt: noon - minute }, time),
  );

  expect(decided).toEqual([false, true]);
});

test('a success replaces what was reported shortly before the timeout', () => {
  const time = { askedAt: noon, answeredAt: noon, answeredMonotonicMs: 0, date: noon };
  const result = 'TimeoutError: timed out: still running 300 ms before the limit';

  const decided = [true, false].map((isSuccess) =>
    stands({ ...finished(noon - 1_000), result }, { isSuccess, endedAt: noon - minute }, time),
  );

  expect(decided).toEqual([false, true]);
});

test.each([
  ['was set forward', noon - 60 * minute, -minute / 60],
  ['was set back', noon + 60 * minute, -60 * minute],
])('when our clock %s a success is sent, and a failure is not', (_, endedAt, endedMonotonicMs) => {
  const time = { askedAt: noon, answeredAt: noon, answeredMonotonicMs: 0, date: noon };

  const decided = [true, false].map((isSuccess) =>
    stands(finished(noon - minute), { isSuccess, endedAt, endedMonotonicMs }, time),
  );

  expect(decided).toEqual([false, true]);
});

test('a time without a zone is UTC', () => {
  const record = { status: 'failed', finishedAt: '2026-11-28T12:00:00.500' } as const;
  const time = { askedAt: noon + 900, answeredAt: noon + 900, answeredMonotonicMs: 0, date: noon };

  const decided = [400, 600].map((ms) =>
    stands(record, { isSuccess: true, endedAt: noon + ms }, time),
  );

  expect(decided).toEqual([true, false]);
});

function second(time: number): number {
  return Math.floor(time / 1_000) * 1_000;
}

test("does not take another agent's run with the same id for an attempt", async () => {
  const { url } = await startForTest();
  await report(url, 'agent-2', { id: 'order-1', duration: 2, result: 'ok' });
  const connection = { baseUrl: url, apiKey: 'k', timeoutMs: 5_000 };

  const answer = await isSuperseded(connection, {
    agentId: 'agent-1',
    id: 'order-1',
    isSuccess: false,
    endedAt: Date.now() - 1_000,
  });

  expect(answer).toBe(false);
});

test('does not take a refusal for an answer', async () => {
  const { url } = await startForTest({ apiKeys: ['other'] });
  const connection = { baseUrl: url, apiKey: 'k', timeoutMs: 5_000 };

  const asked = isSuperseded(connection, { agentId: 'agent-1', id: 'run-1', isSuccess: false });

  await expect(asked).rejects.toMatchObject({ name: 'ApiError', statusCode: 403 });
});
