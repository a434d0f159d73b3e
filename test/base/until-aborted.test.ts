import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { untilAborted } from '../../src/base/until-aborted.ts';

const never = new Promise<never>(() => undefined);

test('untilAborted() settles like the work if the signal does not abort', async () => {
  const { signal } = new AbortController();
  const failure = new Error('no');

  expect(await untilAborted(Promise.resolve(1), undefined)).toBe(1);
  expect(await untilAborted(Promise.resolve(1), signal)).toBe(1);
  await expect(untilAborted(Promise.reject(failure), signal)).rejects.toBe(failure);
});

test('untilAborted() rejects with the reason of the signal', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const wait = untilAborted(never, controller.signal);

  controller.abort(reason);

  await expect(wait).rejects.toBe(reason);
});

test('untilAborted() rejects at once if the signal is aborted', async () => {
  const reason = new Error('enough');

  await expect(untilAborted(never, AbortSignal.abort(reason))).rejects.toBe(reason);
});

test('untilAborted() leaves no unhandled rejection if the work fails later', async () => {
  const reason = new Error('enough');
  let fail = (_: Error): void => undefined;
  const work = new Promise<never>((_, reject) => {
    fail = reject;
  });

  await expect(untilAborted(work, AbortSignal.abort(reason))).rejects.toBe(reason);
  fail(new Error('too late'));

  // An unhandled rejection would be raised before this resolves, and fail the run.
  await new Promise((resolve) => setImmediate(resolve));
});

test('untilAborted() leaves no listener on the signal', async () => {
  const { signal } = new AbortController();

  await untilAborted(Promise.resolve(1), signal);

  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
