/**
 * Keeps Lambda from freezing the environment until the reports of an invocation are delivered.
 *
 * Lambda freezes it when the runtime and this extension have both asked for the next event. The
 * runtime decides when an invocation is over. After that only deliveries hold the environment, each
 * for a limited time.
 */

import { monotonicMs, wallClockMs } from '../../base/clock.ts';
import { within } from '../../base/within.ts';
import { slownessHere } from '../execution-environment/loading-time.ts';
import type { InvokeEvent } from './extensions-api.ts';
import type { Next } from './extensions-client.ts';
import type { RuntimeClient } from './runtime-client.ts';

/** Keeps the environment from being frozen until it is released. */
export interface Hold {
  /** Releases the hold; a second call does nothing. */
  readonly release: () => void;
}

/** Identifies the event of a task. A retry has the same request id and another deadline. */
export interface HeldEvent {
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly deadlineMs: number | undefined;
}

export interface InvocationLoop {
  /**
   * Holds the environment for at most `limitMs`. Undefined if that would have no effect: the event
   * is already done for Lambda, another event is pending, or internal errors have disabled holds.
   */
  readonly hold: (event: HeldEvent, limitMs: number) => Hold | undefined;
  readonly canHold: (event: HeldEvent) => boolean;
}

export interface InvocationLoopParts {
  /** Asks for the next event. To Lambda this means that all work is done. Never rejects. */
  readonly ask: () => Promise<Next>;
  /** The same at the exit of the process, synchronously. */
  readonly askBeforeExit: () => void;
  readonly runtime: Pick<RuntimeClient, 'finished' | 'idle'>;
  readonly warn: (message: string) => void;
}

// Holds end this long before the deadline, so that Lambda does not reset an environment whose
// response is sent. A small function takes longer to ask for the next event.
const leastReserveMs = 200;
const reserveOfWholeCpuMs = 30;
// Lambda's own agent needs retries: a lost call keeps its place until the next event is through.
const retryMs = 100;
const quickRetries = 50;
const slowRetryMs = 1_000;
// One internal error may be chance, two are not.
const mostErrors = 2;

/**
 * Asks for events in an endless loop. A failed call is repeated: if the extension stopped asking,
 * every following invocation would time out.
 */
export function followInvocations(parts: InvocationLoopParts): InvocationLoop {
  const { ask, askBeforeExit, runtime, warn } = parts;
  const holds = new Set<HoldEntry>();
  let errors = 0;
  /** The event that Lambda has sent and that is not done yet. */
  let pending: InvokeEvent | undefined;
  /** The last event that is done. */
  let done: InvokeEvent | undefined;

  const canHold = (event: HeldEvent): boolean => {
    if (errors >= mostErrors) return false;
    // A task that has outlived its invocation does not hold another one.
    if (pending !== undefined) return isSame(event, pending);
    return done === undefined || !isSame(event, done);
  };

  /** Waits for one delivery, which then no longer holds the environment. */
  const waitForDelivery = async (hold: HoldEntry, deadlineMs: number): Promise<void> => {
    const reserveMs = Math.max(leastReserveMs, reserveOfWholeCpuMs * slownessHere());
    const leftMs = Math.min(hold.until - monotonicMs(), deadlineMs - reserveMs - wallClockMs());
    if (leftMs > 0) await waitWeakly(leftMs, hold.released);
    holds.delete(hold);
  };

  const handle = async (event: InvokeEvent): Promise<void> => {
    pending = event;
    try {
      // If the runtime never finishes, Lambda resets the environment at the deadline.
      await waitWeakly(event.deadlineMs - wallClockMs() + leastReserveMs, runtime.finished(event));
      for (const hold of holds) await waitForDelivery(hold, event.deadlineMs);
    } catch (error) {
      errors += 1;
      if (errors < mostErrors) return;
      warn(`responses will wait for their reports because of an internal error: ${error}`);
    } finally {
      // In the same turn as the last check of `holds`, so that no hold can be added in between.
      pending = undefined;
      done = event;
    }
  };

  const follow = async (): Promise<never> => {
    for (let failures = 0; ; ) {
      const next = await ask();
      if (next.kind === 'invoke') {
        failures = 0;
        if (errors < mostErrors) await handle(next.event);
      } else if (next.kind === 'other') {
        failures = 0;
        // Lambda never sends this. Another server may respond at once each time, so pause.
        await pause(retryMs);
      } else {
        if (failures === 0) warn(`Lambda's next event cannot be asked for: ${next.reason}.`);
        failures += 1;
        await pause(failures <= quickRetries ? retryMs : slowRetryMs);
        // The next call that Lambda accepts also marks the lost event as done, so wait until it is.
        await runtime.idle();
        for (const hold of holds) await waitForDelivery(hold, Number.POSITIVE_INFINITY);
      }
    }
  };

  void follow();
  // A process that exits while its runtime waits for an event does not end before that event comes.
  // Until then nothing else could ask for the next event on behalf of this extension.
  process.on('exit', () => askBeforeExit());
  return {
    canHold,
    hold(event, limitMs) {
      if (!canHold(event)) return undefined;
      const hold = createHold(monotonicMs() + limitMs);
      holds.add(hold);
      return hold;
    },
  };
}

interface HoldEntry extends Hold {
  /** On the monotonic clock. */
  readonly until: number;
  readonly released: Promise<void>;
}

function createHold(until: number): HoldEntry {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { until, released, release: () => release() };
}

/** Compares deadlines with a tolerance: a context counts down in whole milliseconds. */
function isSame(one: HeldEvent, other: HeldEvent): boolean {
  if (one.requestId !== other.requestId) return false;
  const { deadlineMs } = one;
  if (deadlineMs === undefined || other.deadlineMs === undefined) return true;
  return Math.abs(deadlineMs - other.deadlineMs) < 1_000;
}

// A timer with a much longer delay fires immediately.
const longestTimerMs = 900_000;

function waitWeakly(timeMs: number, event: Promise<void>): Promise<void> {
  return within(Math.min(timeMs, longestTimerMs), event, true);
}

function pause(timeMs: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, timeMs).unref());
}
