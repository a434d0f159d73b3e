import { expect, onTestFinished, test, vi } from 'vitest';
import type { Next } from '../../../src/delivery/extension/extensions-client.ts';
import {
  followInvocations,
  type InvocationLoop,
} from '../../../src/delivery/extension/invocation-loop.ts';

test('a run that begins after the event holds it until it lets go', async () => {
  const { answer, asked, loop } = setUp();

  await answer(invoke('a'));
  const hold = loop.hold('a', deadline);
  await pass(500);
  expect(asked()).toBe(1);
  hold?.release();
  await pass(0);

  expect(asked()).toBe(2);
});

test('a run that begins before the event is read holds it as well', async () => {
  const { answer, asked, loop } = setUp();

  const hold = loop.hold('a', deadline);
  await answer(invoke('a'));
  await pass(500);
  expect(asked()).toBe(1);
  hold?.release();
  await pass(0);

  expect(asked()).toBe(2);
});

test('a run that has ended before the event is read holds nothing', async () => {
  const { answer, asked, loop } = setUp();

  loop.hold('a', deadline)?.release();
  await answer(invoke('a'));
  await pass(0);

  expect(asked()).toBe(2);
});

test('an invocation without a run is let go after a tenth of a second', async () => {
  const { answer, asked, loop } = setUp();

  await answer(invoke('a'));
  await pass(99);
  expect(asked()).toBe(1);
  await pass(1);

  expect(asked()).toBe(2);
  expect(loop.hold('a', deadline)).toBeUndefined();
});

test('the last of several holds counts, each once', async () => {
  const { answer, asked, loop } = setUp();

  await answer(invoke('a'));
  const holds = [loop.hold('a', deadline), loop.hold('a', deadline)];
  holds[0]?.release();
  holds[0]?.release();
  await pass(0);
  expect(asked()).toBe(1);
  holds[1]?.release();
  await pass(0);

  expect(asked()).toBe(2);
});

test('a hold that follows another without a pause keeps the environment', async () => {
  const { answer, asked, loop } = setUp();

  await answer(invoke('a'));
  const running = loop.hold('a', deadline);
  const delivering = loop.hold('a', deadline);
  running?.release();
  await pass(500);
  expect(asked()).toBe(1);
  delivering?.release();
  await pass(0);

  expect(asked()).toBe(2);
});

test('shortly before its deadline an invocation is let go, whoever holds it', async () => {
  const { answer, asked, loop } = setUp();

  await answer(invoke('a'));
  loop.hold('a', deadline);
  await pass(9_799);
  expect(asked()).toBe(1);
  await pass(1);

  expect(asked()).toBe(2);
});

test('a retry with the same request id is another invocation', async () => {
  const { answer, asked, loop } = setUp();
  await answer(invoke('a'));
  loop.hold('a', deadline)?.release();
  await pass(0);

  const hold = loop.hold('a', deadline + 60_000);
  await answer(invoke('a', deadline + 60_000));
  await pass(500);

  expect(hold).toBeDefined();
  expect(asked()).toBe(2);
});

test('events of another kind are passed over, but not as fast as they can be sent', async () => {
  const { answer, asked } = setUp();

  await answer({ kind: 'other' });
  await pass(99);
  expect(asked()).toBe(1);
  await pass(1);

  expect(asked()).toBe(2);
});

test('a call that fails is repeated for ever, in time less often, and nothing is held', async () => {
  const { answer, asked, loop, complaints } = setUp();
  for (let count = 1; count <= 50; count += 1) {
    await answer(failed);
    await pass(99);
    expect(asked()).toBe(count);
    await pass(1);
    expect(asked()).toBe(count + 1);
  }

  await answer(failed);
  await pass(999);
  expect(asked()).toBe(51);
  await pass(1);

  expect(asked()).toBe(52);
  expect(loop.hold('a', deadline)).toBeUndefined();
  expect(complaints).toEqual([expect.stringContaining('ECONNRESET')]);
  await answer(invoke('a'));
  expect(loop.hold('a', deadline)).toBeDefined();
});

test('a call that fails while a run is held is repeated when it is let go', async () => {
  const { answer, asked, loop } = setUp();
  const hold = loop.hold('a', deadline);

  await answer(failed);
  await pass(1_000);
  expect(asked()).toBe(1);
  hold?.release();
  await pass(100);

  expect(asked()).toBe(2);
});

const start = Date.parse('2026-01-01T00:00:00Z');
const deadline = start + 10_000;
const failed: Next = { kind: 'failed', reason: 'ECONNRESET' };

function invoke(requestId: string, deadlineMs = deadline): Next {
  return { kind: 'invoke', event: { requestId, deadlineMs } };
}

function setUp(): {
  readonly answer: (next: Next) => Promise<void>;
  readonly asked: () => number;
  readonly loop: InvocationLoop;
  readonly complaints: string[];
} {
  vi.useFakeTimers({ now: start });
  onTestFinished(() => void vi.useRealTimers());
  const pending: ((next: Next) => void)[] = [];
  const complaints: string[] = [];
  const loop = followInvocations(
    () => new Promise((resolve) => pending.push(resolve)),
    (message) => complaints.push(message),
  );
  return {
    loop,
    complaints,
    asked: () => pending.length,
    async answer(next) {
      pending.at(-1)?.(next);
      await pass(0);
    },
  };
}

async function pass(timeMs: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(timeMs);
}
