/** Holds that begin or last at odd moments: Lambda is asked neither too early nor never. */
import { expect, test } from 'vitest';
import type { Hold } from '../../../src/delivery/lambda-extension/invocation-loop.ts';
import { hold, longMs, lost, pass, startLoop } from './started-loop.ts';

test('a delivery that begins after its invocation was let go holds nothing', async () => {
  const { finish, invoke, loop } = startLoop();
  await invoke('one');

  await finish();

  const late = { requestId: 'one', deadlineMs: undefined };
  expect(loop.canHold(late)).toBe(false);
  expect(loop.hold(late, longMs)).toBeUndefined();
});

test('a delivery that begins in the moment in which another one ends is waited for', async () => {
  const stage = startLoop();
  await stage.invoke('one');
  const first = hold(stage, 'one');
  await stage.finish();

  // In every microtask from the release on, until the loop says that it is too late.
  first.release();
  const holds: (Hold | undefined)[] = [];
  for (let turn = 0; turn < 20; turn += 1) {
    holds.push(stage.loop.hold({ requestId: 'one', deadlineMs: undefined }, longMs));
    await Promise.resolve();
  }
  const isHeld = holds.some(Boolean);
  await pass(1_000);

  expect([isHeld, stage.asked()]).toEqual([true, 1]);
  for (const taken of holds) taken?.release();
  await pass(0);
  expect(stage.asked()).toBe(2);
});

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])(
  'a delivery that begins %i microtasks after the last one ended is waited for, or refused',
  async (microtasks) => {
    const stage = startLoop();
    await stage.invoke('one');
    const first = hold(stage, 'one');
    await stage.finish();

    first.release();
    for (let turn = 0; turn < microtasks; turn += 1) await Promise.resolve();
    const second = stage.loop.hold({ requestId: 'one', deadlineMs: undefined }, longMs);
    await pass(1_000);

    expect(stage.asked()).toBe(second ? 1 : 2);
  },
);

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])(
  'a delivery that begins %i microtasks after the runtime has asked is waited for, or refused',
  async (microtasks) => {
    const stage = startLoop();
    await stage.invoke('one');

    void stage.finish();
    for (let turn = 0; turn < microtasks; turn += 1) await Promise.resolve();
    const delivery = stage.loop.hold({ requestId: 'one', deadlineMs: undefined }, longMs);
    await pass(1_000);

    expect(stage.asked()).toBe(delivery ? 1 : 2);
  },
);

test('nothing is waited for when the deadline has passed', async () => {
  const stage = startLoop();
  const deadlineMs = Date.now() - 5_000;
  hold(stage, 'one', { deadlineMs });

  await stage.invoke('one', deadlineMs);

  expect(stage.asked()).toBe(2);
});

test('a deadline and a limit in the far future are no reason to let go at once', async () => {
  const stage = startLoop();
  const deadlineMs = Date.now() + 2 ** 40;
  hold(stage, 'one', { deadlineMs, limitMs: 2 ** 40 });

  await stage.invoke('one', deadlineMs);
  await pass(600_000);
  await stage.finish();
  await pass(600_000);

  expect(stage.asked()).toBe(1);
});

test('after a delivery that was never released the next invocation is held anew', async () => {
  const stage = startLoop();
  const early = Date.now() + 1_000;
  hold(stage, 'one', { deadlineMs: early });
  await stage.invoke('one', early);
  await stage.finish();
  await pass(1_000);

  await stage.invoke('two');
  const delivery = hold(stage, 'two');
  await stage.finish();
  await pass(5_000);
  const before = stage.asked();
  delivery.release();
  await pass(0);

  expect([before, stage.asked()]).toEqual([2, 3]);
});

test('a context and an event that read the deadline a little apart mean one invocation', async () => {
  const stage = startLoop();
  const deadlineMs = Date.now() + longMs;
  const delivery = hold(stage, 'one', { deadlineMs: deadlineMs + 7 });

  await stage.invoke('one', deadlineMs);
  expect(stage.loop.canHold({ requestId: 'one', deadlineMs: deadlineMs - 7 })).toBe(true);
  await stage.finish();
  await pass(1_000);
  const before = stage.asked();
  delivery.release();
  await pass(0);

  expect([before, stage.asked()]).toEqual([1, 2]);
});

test('a task that outlives its invocation neither holds the next one nor lets go of it', async () => {
  const stage = startLoop();
  const early = Date.now() + 1_000;
  const old = hold(stage, 'one', { deadlineMs: early });
  await stage.invoke('one', early);
  await stage.finish();
  await pass(1_000);

  await stage.invoke('two');
  const late = stage.loop.hold({ requestId: 'one', deadlineMs: early }, longMs);
  const delivery = hold(stage, 'two');
  await stage.finish();
  old.release();
  await pass(1_000);
  const before = stage.asked();
  delivery.release();
  await pass(0);

  expect(late).toBeUndefined();
  expect([before, stage.asked()]).toEqual([2, 3]);
});

test('nor does it when it wants to hold before the next event is read', async () => {
  const stage = startLoop();
  const early = Date.now() + 1_000;
  await stage.invoke('one', early);
  await stage.finish();

  const late = stage.loop.hold({ requestId: 'one', deadlineMs: early }, longMs);
  await stage.invoke('two');
  await stage.finish();

  expect(late).toBeUndefined();
  expect(stage.asked()).toBe(3);
});

test('when the connection is there again everything is as before', async () => {
  const stage = startLoop();

  await stage.reply(lost);
  await pass(100);
  await stage.invoke('two');
  const delivery = hold(stage, 'two');
  await stage.finish();
  await pass(1_000);
  const before = stage.asked();
  delivery.release();
  await pass(0);
  await stage.reply(lost);

  expect([before, stage.asked()]).toEqual([2, 3]);
  expect(stage.warnings).toHaveLength(2);
});

test.each([3_000, 900_000])(
  'a delivery that is never released does not keep a lost connection lost (limit %i ms)',
  async (limitMs) => {
    const stage = startLoop();
    hold(stage, 'one', { limitMs });

    await stage.reply(lost);
    await pass(limitMs);

    expect(stage.asked()).toBe(2);
  },
);

test('a lost connection is not waited for by deliveries that have been let go', async () => {
  const stage = startLoop();
  const early = Date.now() + 1_000;
  hold(stage, 'one', { deadlineMs: early });
  await stage.invoke('one', early);
  await stage.finish();
  await pass(1_000);

  await stage.reply(lost);
  await pass(100);

  expect(stage.asked()).toBe(3);
});
