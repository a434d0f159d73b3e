import { expect, onTestFinished, test, vi } from 'vitest';
import { startTimeLimit } from '../../src/base/time-limit.ts';

test('it ends the work when the time is over', () => {
  useFakeTimers();
  const { signal, isOver } = startTimeLimit(50);

  vi.advanceTimersByTime(49);
  expect([signal.aborted, isOver()]).toEqual([false, false]);
  vi.advanceTimersByTime(1);

  expect([signal.aborted, isOver()]).toEqual([true, true]);
  expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
});

test('it ends with another signal, and says that the time was not over', () => {
  const givenUp = new AbortController();
  const { signal, isOver } = startTimeLimit(1_000, givenUp.signal);

  givenUp.abort('given up');

  expect([signal.reason, isOver()]).toEqual(['given up', false]);
});

test('a signal that is aborted already ends it at once', () => {
  expect(startTimeLimit(1_000, AbortSignal.abort('before')).signal.reason).toBe('before');
});

test('it leaves no timer behind', () => {
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
