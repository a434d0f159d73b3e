import { expect, onTestFinished, test, vi } from 'vitest';
import { startTimeLimit } from '../../src/base/time-limit.ts';

test('a time limit aborts after the timeout', () => {
  useFakeTimers();
  const { signal, isOver } = startTimeLimit(50);

  vi.advanceTimersByTime(49);
  expect([signal.aborted, isOver()]).toEqual([false, false]);
  vi.advanceTimersByTime(1);

  expect([signal.aborted, isOver()]).toEqual([true, true]);
  expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
});

test('a time limit aborts with another signal, without being over', () => {
  const givenUp = new AbortController();
  const { signal, isOver } = startTimeLimit(1_000, givenUp.signal);

  givenUp.abort('given up');

  expect([signal.reason, isOver()]).toEqual(['given up', false]);
});

test('a time limit aborts at once if another signal is aborted', () => {
  expect(startTimeLimit(1_000, AbortSignal.abort('before')).signal.reason).toBe('before');
});

test('a stopped time limit leaves no timer and no listener', () => {
  useFakeTimers();
  const givenUp = new AbortController();
  const { signal, stop } = startTimeLimit(50, givenUp.signal);

  stop();
  givenUp.abort();

  expect(vi.getTimerCount()).toBe(0);
  expect(signal.aborted).toBe(false);
});

function useFakeTimers(): void {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
}
