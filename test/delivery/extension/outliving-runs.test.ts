/** Holds that come or last at odd moments: Lambda is neither told too early nor never. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Next } from '../../../src/delivery/extension/extensions-client.ts';
import {
  followInvocations,
  type Hold,
  type InvocationLoop,
} from '../../../src/delivery/extension/invocation-loop.ts';

const longMs = 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a run that begins after another one of its invocation was let go is told the same', async () => {
  const { invoke, loop } = start();
  const hold = take(loop, 'one');
  await invoke('one');

  hold.release();
  await pass(0);

  expect(loop.hold('one', undefined)).toBeUndefined();
});

test('who holds on in the same moment in which another lets go is waited for', async () => {
  const { asked, invoke, loop } = start();
  const running = take(loop, 'one');
  await invoke('one');

  // In every microtask from the release on, until the loop says that it is too late.
  running.release();
  const holds: (Hold | undefined)[] = [];
  for (let turn = 0; turn < 20; turn += 1) {
    holds.push(loop.hold('one', undefined));
    await Promise.resolve();
  }
  const isHeld = holds.some(Boolean);
  await pass(1_000);

  expect([isHeld, asked()]).toEqual([true, 1]);
  for (const hold of holds) hold?.release();
  await pass(0);
  expect(asked()).toBe(2);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'who holds on %i microtasks after the last one let go is waited for, or told so',
  async (microtasks) => {
    const { asked, invoke, loop } = start();
    const running = take(loop, 'one');
    await invoke('one');

    running.release();
    for (let turn = 0; turn < microtasks; turn += 1) await Promise.resolve();
    const hold = loop.hold('one', undefined);
    await pass(1_000);

    expect(asked()).toBe(hold ? 1 : 2);
  },
);

test('a deadline that has passed is waited for by nobody', async () => {
  const { asked, invoke, loop } = start();
  take(loop, 'one', Date.now() - 5_000);

  await invoke('one', Date.now() - 5_000);

  expect(asked()).toBe(2);
});

test('a deadline in the far future is no reason to let go at once', async () => {
  const { asked, invoke, loop } = start();
  take(loop, 'one', Date.now() + 2 ** 40);

  await invoke('one', Date.now() + 2 ** 40);
  await pass(600_000);

  expect(asked()).toBe(1);
});

test('after a hold that was never released the next invocation is held anew', async () => {
  const { asked, invoke, loop } = start();
  take(loop, 'one', Date.now() + 1_000);
  await invoke('one', Date.now() + 1_000);
  await pass(1_000);

  const hold = take(loop, 'two');
  await invoke('two');
  await pass(5_000);
  const before = asked();
  hold.release();
  await pass(0);

  expect([before, asked()]).toEqual([2, 3]);
});

test('a context and an event that read the deadline a little apart mean one invocation', async () => {
  const { asked, invoke, loop } = start();
  const hold = take(loop, 'one', Date.now() + longMs + 7);

  await invoke('one', Date.now() + longMs);
  await pass(1_000);
  const before = asked();
  hold.release();
  await pass(0);

  expect([before, asked()]).toEqual([1, 2]);
});

test('a run that outlives its invocation does not let go of the next one', async () => {
  const { asked, invoke, loop } = start();
  const early = Date.now() + 1_000;
  const old = take(loop, 'one', early);
  await invoke('one', early);
  await pass(1_000);

  const running = take(loop, 'two');
  await invoke('two');
  const late = loop.hold('one', early);
  old.release();
  const delivering = take(loop, 'two');
  running.release();
  await pass(1_000);
  const before = asked();
  delivering.release();
  await pass(0);

  expect(late).toBeUndefined();
  expect([before, asked()]).toEqual([2, 3]);
});

test('nor does it when it holds on between the run and the event of the next one', async () => {
  const { asked, invoke, loop } = start();
  const early = Date.now() + 1_000;
  take(loop, 'one', early);
  await invoke('one', early);
  await pass(1_000);

  const running = take(loop, 'two');
  const late = loop.hold('one', early);
  await invoke('two');
  await pass(1_000);
  const before = asked();
  running.release();
  await pass(0);

  expect(late).toBeUndefined();
  expect([before, asked()]).toEqual([2, 3]);
});

test('while the connection is lost nothing is held; then it is as before', async () => {
  const { asked, answer, invoke, loop, said } = start();

  await answer({ kind: 'failed', reason: 'ECONNRESET' });
  const whileLost = loop.hold('one', Date.now() + longMs);
  await pass(100);
  const stillLost = loop.hold('one', Date.now() + longMs);
  await invoke('two');
  const hold = take(loop, 'two');
  await pass(1_000);
  const before = asked();
  hold.release();
  await pass(0);
  await answer({ kind: 'failed', reason: 'ECONNRESET' });

  expect([whileLost, stillLost]).toEqual([undefined, undefined]);
  expect([before, asked()]).toEqual([2, 3]);
  expect(said).toHaveLength(2);
});

test.each([3_000, undefined])(
  'a run that never ends does not keep a lost connection lost (deadline in %s ms)',
  async (inMs) => {
    const { asked, answer, loop } = start();
    loop.hold('one', inMs === undefined ? undefined : Date.now() + inMs);

    await answer({ kind: 'failed', reason: 'ECONNRESET' });
    await pass(inMs ?? 900_000);

    expect(asked()).toBe(2);
  },
);

test('after a hold that was never released a lost connection is asked for again', async () => {
  const { asked, answer, invoke, loop } = start();
  take(loop, 'one', Date.now() + 1_000);
  await invoke('one', Date.now() + 1_000);
  await pass(1_000);

  await answer({ kind: 'failed', reason: 'ECONNRESET' });
  await pass(100);

  expect(asked()).toBe(3);
});

interface Stage {
  readonly loop: InvocationLoop;
  readonly said: readonly string[];
  readonly asked: () => number;
  /** What was asked last comes to this end. */
  readonly answer: (next: Next) => Promise<void>;
  readonly invoke: (requestId: string, deadlineMs?: number) => Promise<void>;
}

function start(): Stage {
  let asked = 0;
  const said: string[] = [];
  let settle: (next: Next) => void = () => undefined;
  const ask = (): Promise<Next> => {
    asked += 1;
    return new Promise((resolve) => {
      settle = resolve;
    });
  };
  const loop = followInvocations(ask, (message) => said.push(message));
  const answer = async (next: Next): Promise<void> => {
    settle(next);
    await pass(0);
  };
  return {
    loop,
    said,
    asked: () => asked,
    answer,
    invoke: (requestId, deadlineMs = Date.now() + longMs) =>
      answer({ kind: 'invoke', event: { requestId, deadlineMs } }),
  };
}

function take(loop: InvocationLoop, requestId: string, deadlineMs = Date.now() + longMs): Hold {
  const hold = loop.hold(requestId, deadlineMs);
  if (hold === undefined) throw new Error('It cannot be held.');
  return hold;
}

async function pass(timeMs: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(timeMs);
}
