import { expect, test, vi } from 'vitest';
import { hold, longMs, lost, pass, startLoop } from './started-loop.ts';

test('an invocation is held until the runtime asks for another event', async () => {
  const { asked, finish, invoke } = startLoop();

  await invoke('one');
  await pass(30_000);
  expect(asked()).toBe(1);
  await finish();

  expect(asked()).toBe(2);
});

test('an event that the runtime has finished before it is read holds nothing', async () => {
  const { asked, reply } = startLoop();

  await reply({ kind: 'invoke', event: { requestId: 'one', deadlineMs: Date.now() + longMs } });

  expect(asked()).toBe(2);
});

test('a delivery that goes on holds the environment until it is released', async () => {
  const stage = startLoop();

  await stage.invoke('one');
  const delivery = hold(stage, 'one');
  await stage.finish();
  await pass(500);
  expect(stage.asked()).toBe(1);
  delivery.release();
  await pass(0);

  expect(stage.asked()).toBe(2);
});

test('a delivery that begins before the event is read holds the environment as well', async () => {
  const stage = startLoop();

  const delivery = hold(stage, 'one');
  await stage.invoke('one');
  await stage.finish();
  await pass(500);
  expect(stage.asked()).toBe(1);
  delivery.release();
  await pass(0);

  expect(stage.asked()).toBe(2);
});

test('a delivery that has ended before the runtime asks holds nothing', async () => {
  const stage = startLoop();

  hold(stage, 'one').release();
  await stage.invoke('one');
  hold(stage, 'one').release();
  await stage.finish();

  expect(stage.asked()).toBe(2);
});

test('of several deliveries each is waited for, whichever ends first', async () => {
  const stage = startLoop();

  await stage.invoke('one');
  const deliveries = [hold(stage, 'one'), hold(stage, 'one')];
  await stage.finish();
  deliveries[1]?.release();
  deliveries[1]?.release();
  await pass(0);
  expect(stage.asked()).toBe(1);
  deliveries[0]?.release();
  await pass(0);

  expect(stage.asked()).toBe(2);
});

test('a delivery that begins while another one is waited for is waited for as well', async () => {
  const stage = startLoop();

  await stage.invoke('one');
  const first = hold(stage, 'one');
  await stage.finish();
  await pass(100);
  const second = hold(stage, 'one');
  first.release();
  await pass(500);
  expect(stage.asked()).toBe(1);
  second.release();
  await pass(0);

  expect(stage.asked()).toBe(2);
});

test('a delivery that is never released holds no longer than its limit', async () => {
  const stage = startLoop();

  await stage.invoke('one');
  hold(stage, 'one', { limitMs: 3_000 });
  await stage.finish();
  await pass(2_999);
  expect(stage.asked()).toBe(1);
  await pass(1);

  expect(stage.asked()).toBe(2);
});

test('the limit of a delivery counts from its beginning, not from the end of the invocation', async () => {
  const stage = startLoop();

  await stage.invoke('one');
  hold(stage, 'one', { limitMs: 3_000 });
  await pass(10_000);
  await stage.finish();

  expect(stage.asked()).toBe(2);
});

test('deliveries that are never released hold no longer than the longest limit of them', async () => {
  const stage = startLoop();

  await stage.invoke('one');
  for (const limitMs of [1_000, 2_000, 3_000]) hold(stage, 'one', { limitMs });
  await stage.finish();
  await pass(2_999);
  expect(stage.asked()).toBe(1);
  await pass(1);

  expect(stage.asked()).toBe(2);
});

test('shortly before the deadline the environment is let go, whatever is delivered', async () => {
  const stage = startLoop();
  const deadlineMs = Date.now() + 10_000;

  await stage.invoke('one', deadlineMs);
  hold(stage, 'one', { deadlineMs });
  await stage.finish();
  await pass(9_799);
  expect(stage.asked()).toBe(1);
  await pass(1);

  expect(stage.asked()).toBe(2);
});

test('where the runtime never asks for another event the loop goes on after the deadline', async () => {
  const { asked, invoke } = startLoop();

  await invoke('one', Date.now() + 10_000);
  await pass(10_199);
  expect(asked()).toBe(1);
  await pass(1);

  expect(asked()).toBe(2);
});

test('a retry with the same request id is another invocation', async () => {
  const stage = startLoop();
  const deadlineMs = Date.now() + longMs;
  await stage.invoke('one', deadlineMs);
  await stage.finish();

  const again = { requestId: 'one', deadlineMs: deadlineMs + 60_000 };
  expect(stage.loop.canHold({ ...again, deadlineMs })).toBe(false);
  const delivery = hold(stage, 'one', again);
  await stage.invoke('one', again.deadlineMs);
  await stage.finish();
  await pass(500);
  expect(stage.asked()).toBe(2);
  delivery.release();
  await pass(0);

  expect(stage.asked()).toBe(3);
});

test('events of another kind are passed over, but not as fast as they can be sent', async () => {
  const { asked, reply } = startLoop();

  await reply({ kind: 'other' });
  await pass(99);
  expect(asked()).toBe(1);
  await pass(1);

  expect(asked()).toBe(2);
});

test('a call that fails is repeated for ever, in time less often, with one warning', async () => {
  const stage = startLoop();
  for (let count = 1; count <= 50; count += 1) {
    await stage.reply(lost);
    await pass(99);
    expect(stage.asked()).toBe(count);
    await pass(1);
    expect(stage.asked()).toBe(count + 1);
  }

  await stage.reply(lost);
  await pass(999);
  expect(stage.asked()).toBe(51);
  await pass(1);

  expect(stage.asked()).toBe(52);
  expect(stage.warnings).toEqual(["Lambda's next event cannot be asked for: ECONNRESET."]);
  await stage.invoke('one');
  expect(stage.loop.canHold({ requestId: 'one', deadlineMs: undefined })).toBe(true);
});

test('a call that fails during an invocation is repeated when the runtime asks for another event', async () => {
  const { asked, begin, finish, reply } = startLoop();

  begin();
  await reply(lost);
  await pass(1_000);
  expect(asked()).toBe(1);
  await finish();

  expect(asked()).toBe(2);
});

test('a call that fails while a delivery goes on is repeated when that is released', async () => {
  const stage = startLoop();
  const delivery = hold(stage, 'one');

  await stage.reply(lost);
  await pass(1_000);
  expect(stage.asked()).toBe(1);
  delivery.release();
  await pass(100);

  expect(stage.asked()).toBe(2);
});

test('an exiting process asks for its next event once', () => {
  const others = process.listeners('exit');
  const { askedBeforeExit } = startLoop();
  const [listener, ...more] = process.listeners('exit').filter((one) => !others.includes(one));

  listener?.(0);

  expect(more).toEqual([]);
  expect(askedBeforeExit()).toBe(1);
});

test('one internal error lets go of one invocation, quietly', async () => {
  const finished = vi.fn().mockRejectedValueOnce(new Error('an error of ours'));
  const idle = (): Promise<void> => Promise.resolve();
  const stage = startLoop({ runtime: { finished, idle } });

  await stage.invoke('one');
  expect(stage.asked()).toBe(2);
  finished.mockReturnValue(new Promise(() => undefined));
  await stage.invoke('two');
  await pass(1_000);

  expect(stage.asked()).toBe(2);
  expect(stage.loop.canHold({ requestId: 'two', deadlineMs: undefined })).toBe(true);
  expect(stage.warnings).toEqual([]);
});

test('after two internal errors nothing is held any more, and one warning says why', async () => {
  const finished = vi.fn(() => Promise.reject(new Error('an error of ours')));
  const idle = (): Promise<void> => Promise.resolve();
  const stage = startLoop({ runtime: { finished, idle } });

  for (const requestId of ['one', 'two', 'three', 'four']) await stage.invoke(requestId);

  expect(stage.asked()).toBe(5);
  expect(finished).toHaveBeenCalledTimes(2);
  expect(stage.loop.hold({ requestId: 'five', deadlineMs: undefined }, 1_000)).toBeUndefined();
  expect(stage.warnings).toEqual([
    'responses will wait for their reports because of an internal error: Error: an error of ours',
  ]);
});
