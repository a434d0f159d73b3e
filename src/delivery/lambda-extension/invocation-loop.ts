/**
 * Keeps Lambda from freezing the environment until the reports of an invocation are delivered.
 *
 * Lambda freezes it when the runtime and this extension have both asked for the next event. The
 * runtime decides when an invocation is over; after that only deliveries hold the environment, each
 * for a limited time.
 */

import { monotonicMs, wallClockMs } from '../../base/clock.ts';
import { within } from '../../base/within.ts';
import { slownessHere } from '../execution-environment/loading-time.ts';
import type { InvokeEvent } from './extensions-api.ts';
import type { Next } from './extensions-client.ts';
import type { RuntimeClient } from './runtime-client.ts';

/** As long as one is held, the environment is not frozen. */
export interface Hold {
  /** Lets go; a second call does nothing. */
  readonly release: () => void;
}

/** What a task knows of its event; a retry has the same request id and another deadline. */
export interface HeldEvent {
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly deadlineMs: number | undefined;
}

export interface InvocationLoop {
  /**
   * Holds the environment, for `limitMs` at most. Undefined when it would be in vain: Lambda knows
   * already that this event is done, or does not answer.
   */
  readonly hold: (event: HeldEvent, limitMs: number) => Hold | undefined;
  readonly canHold: (event: HeldEvent) => boolean;
}

export interface InvocationLoopParts {
  /** Asks for the next event, which also says that all is done; never rejects. */
  readonly ask: () => Promise<Next>;
  /** The same at the end of the process, synchronously. */
  readonly askBeforeExit: () => void;
  readonly runtime: Pick<RuntimeClient, 'finished' | 'idle'>;
  readonly warn: (message: string) => void;
}

// Before the deadline: an environment whose response is out must not be reset by Lambda. A small
// function takes longer to say that it is done.
const leastReserveMs = 200;
const reserveOfWholeCpuMs = 30;
// What Lambda's own agent needs: a lost call keeps its place until the next event is through.
const retryMs = 100;
const quickRetries = 50;
const slowRetryMs = 1_000;
// What fails once in here may be chance, what fails twice is not.
const mostErrors = 2;

/**
 * Asks for event after event, for ever. A call that fails is repeated: an extension that stops
 * asking would make every following invocation run into its timeout.
 */
export function followInvocations(parts: InvocationLoopParts): InvocationLoop {
  const { ask, askBeforeExit, runtime, warn } = parts;
  const holds = new Set<HoldEntry>();
  let errors = 0;
  /** The event that Lambda has sent and does not know to be done. */
  let pending: InvokeEvent | undefined;
  /** The last one that it knows to be done. */
  let done: InvokeEvent | undefined;

  const canHold = (event: HeldEvent): boolean => {
    if (errors >= mostErrors) return false;
    // A task that has outlived its invocation is not waited for in another one.
    if (pending !== undefined) return isSame(event, pending);
    return done === undefined || !isSame(event, done);
  };

  /** Waits for the oldest delivery; afterwards it does not hold the environment any more. */
  const waitForDelivery = async (hold: HoldEntry, deadlineMs: number): Promise<void> => {
    const reserveMs = Math.max(leastReserveMs, reserveOfWholeCpuMs * slownessHere());
    const leftMs = Math.min(hold.until - monotonicMs(), deadlineMs - reserveMs - wallClockMs());
    if (leftMs > 0) await waitWeakly(leftMs, hold.released);
    holds.delete(hold);
  };

  const handle = async (event: InvokeEvent): Promise<void> => {
    pending = event;
    try {
      // Should it never be done, Lambda resets the environment at the deadline.
      await waitWeakly(event.deadlineMs - wallClockMs() + leastReserveMs, runtime.finished(event));
      for (const hold of holds) await waitForDelivery(hold, event.deadlineMs);
    } catch (error) {
      errors += 1;
      if (errors < mostErrors) return;
      warn(`responses will wait for their reports because of an internal error: ${error}`);
    } finally {
      // In the same turn as the last look: nobody can take a hold in between.
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
        // Nothing that Lambda sends; whoever sends it may answer at once, again and again.
        await pause(retryMs);
      } else {
        if (failures === 0) warn(`Lambda's next event cannot be asked for: ${next.reason}.`);
        failures += 1;
        await pause(failures <= quickRetries ? retryMs : slowRetryMs);
        // The call that Lambda takes again also says that the event which was lost is done.
        await runtime.idle();
        for (const hold of holds) await waitForDelivery(hold, Number.POSITIVE_INFINITY);
      }
    }
  };

  void follow();
  // A process that exits while its runtime waits for an event does not end before that event comes:
  // nobody else could say that this extension is done.
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

/** Two readings of one deadline: a context counts down in whole milliseconds. */
function isSame(one: HeldEvent, other: HeldEvent): boolean {
  if (one.requestId !== other.requestId) return false;
  const { deadlineMs } = one;
  if (deadlineMs === undefined || other.deadlineMs === undefined) return true;
  return Math.abs(deadlineMs - other.deadlineMs) < 1_000;
}

// A timer that is set for much longer fires at once.
const longestTimerMs = 900_000;

function waitWeakly(timeMs: number, event: Promise<void>): Promise<void> {
  return within(Math.min(timeMs, longestTimerMs), event, true);
}

function pause(timeMs: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, timeMs).unref());
}
