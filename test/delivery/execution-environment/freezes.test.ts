import { expect, test } from 'vitest';
import { createFreezes } from '../../../src/delivery/execution-environment/freezes.ts';

test('the environment may be frozen when all that Lambda waits for have asked', () => {
  const freezes = createFreezes();
  const runtime = freezes.join();
  const extension = freezes.join();

  runtime.asks();
  expect([freezes.count(), freezes.isImminent()]).toEqual([0, false]);
  extension.asks();
  expect([freezes.count(), freezes.isImminent()]).toEqual([1, true]);
  runtime.gotEvent();
  expect([freezes.count(), freezes.isImminent()]).toEqual([1, false]);
});

test('a call that is repeated is one freeze', () => {
  const freezes = createFreezes();
  const runtime = freezes.join();

  runtime.asks();
  runtime.asks();

  expect(freezes.count()).toBe(1);
});

test('what is on its way is given up, and nothing leaves until an event comes', () => {
  const freezes = createFreezes();
  const runtime = freezes.join();
  const before = freezes.signal();

  runtime.asks();
  expect(before.aborted).toBe(true);
  expect(freezes.signal().aborted).toBe(true);

  runtime.gotEvent();
  expect(freezes.signal().aborted).toBe(false);
});

test('at the end of the environment reports leave again', () => {
  const freezes = createFreezes();
  freezes.join().asks();

  freezes.thawed();

  expect([freezes.count(), freezes.signal().aborted]).toEqual([1, false]);
});

test('a reset in the middle of an invocation was no freeze', () => {
  const freezes = createFreezes();
  freezes.join().asks();

  freezes.wasReset();

  expect([freezes.count(), freezes.isImminent()]).toEqual([0, false]);
});

test('where nobody observes the runtime another request is another event', () => {
  const freezes = createFreezes();

  freezes.taskBegan('one');
  freezes.taskBegan('one');
  expect(freezes.count()).toBe(0);
  freezes.taskBegan('two');
  expect(freezes.count()).toBe(1);
});
