/** Keeps Lambda from freezing the environment until what belongs to an invocation is done. */

import { signal } from '../signal.ts';
import type { InvokeEvent } from './extensions-api.ts';
import type { Next } from './extensions-client.ts';

/** As long as one is held, the environment is not frozen. */
export interface Hold {
  /** Lets go; a second call does nothing. */
  readonly release: () => void;
}

export interface InvocationLoop {
  /**
   * Holds the environment for an invocation. Undefined when Lambda has been told already that
   * this invocation is done, or cannot be told anything: then nothing keeps it from freezing.
   *
   * @param deadlineMs - of the invocation, in epoch milliseconds; tells a retry, which has the
   *   same request id, from the attempt before
   */
  readonly hold: (requestId: string, deadlineMs: number | undefined) => Hold | undefined;
}

// A reported run begins within a millisecond of the event. One that begins later (six megabytes to
// parse on a small function, a slow hook in front of ours) waits for its report, and tells that
// those after it may be late as well.
const beginsWithinMs = 100;
const lateBeginsWithinMs = 1_000;
// Before the deadline, so that a run which never tells its end does not make Lambda reset an
// environment whose answer may be out long ago.
const reserveMs = 200;
// What Lambda gives at most; a timer that is set for much longer fires at once.
const longestRunMs = 900_000;
// What Lambda's own agent needs: a lost call keeps its place until the next event is through.
const retryMs = 100;
const quickRetries = 50;
const slowRetryMs = 1_000;

/**
 * Asks for event after event, for ever. Asking also says that all is done, so it waits until
 * nobody holds the last one any more. A call that fails is repeated: an extension that stops
 * asking would make every following invocation run into its timeout.
 *
 * @param ask - asks for the next event; never rejects
 */
export function followInvocations(
  ask: () => Promise<Next>,
  complain: (message: string) => void,
): InvocationLoop {
  let current: HeldInvocation | undefined;
  /** The last one of which Lambda knows that it is done. */
  let previous: HeldInvocation | undefined;
  /** The one of which Lambda waits to hear that it is done. */
  let awaited: HeldInvocation | undefined;
  let isLost = false;
  let graceMs = beginsWithinMs;

  const follow = async (): Promise<never> => {
    for (let failures = 0; ; ) {
      const next = await ask();
      if (next.kind === 'failed') {
        if (failures === 0) complain(`Lambda's next event cannot be asked for: ${next.reason}.`);
        isLost = true;
        failures += 1;
        await current?.idle();
        await pause(failures <= quickRetries ? retryMs : slowRetryMs);
        continue;
      }
      failures = 0;
      isLost = false;
      if (next.kind === 'other') {
        // Nothing that Lambda sends; whoever sends it may answer at once, again and again.
        await pause(retryMs);
        continue;
      }
      if (current === undefined || !current.is(next.event)) current = held(next.event);
      awaited = current;
      await awaited.over(next.event, graceMs);
      previous = awaited;
      awaited = undefined;
    }
  };

  void follow();
  return {
    hold(requestId, deadlineMs) {
      const asked = { requestId, deadlineMs };
      if (previous?.is(asked) && previous.isUnseen()) graceMs = lateBeginsWithinMs;
      // A run that has outlived its invocation must not take the place of the one that goes on.
      if (isLost || previous?.is(asked) || awaited?.is(asked) === false) return undefined;
      if (current === undefined || !current.is(asked)) current = held(asked);
      return current.hold();
    },
  };
}

interface AskedInvocation {
  readonly requestId: string;
  readonly deadlineMs: number | undefined;
}

interface HeldInvocation {
  readonly is: (other: AskedInvocation) => boolean;
  readonly hold: () => Hold | undefined;
  /** Resolves when nobody holds it, or when its time is over. */
  readonly idle: () => Promise<void>;
  /** Resolves when Lambda may be told that it is done; from then on nobody can hold it. */
  readonly over: (event: InvokeEvent, graceMs: number) => Promise<void>;
  /** Whether nobody ever held it. */
  readonly isUnseen: () => boolean;
}

function held({ requestId, deadlineMs }: AskedInvocation): HeldInvocation {
  const begun = signal();
  let free = signal();
  let holds = 0;
  let isOver = false;
  let isUnseen = true;
  free.give();
  return {
    is: (other) => other.requestId === requestId && isNear(other.deadlineMs, deadlineMs),
    async idle() {
      const deadline = deadlineMs ?? Date.now() + longestRunMs;
      while (heldForMs(deadline) > 0) await within(heldForMs(deadline), free.given);
    },
    hold() {
      if (isOver) return undefined;
      if (holds === 0) free = signal();
      holds += 1;
      isUnseen = false;
      begun.give();
      let isHeld = true;
      return {
        release() {
          if (!isHeld) return;
          isHeld = false;
          holds -= 1;
          if (holds === 0) free.give();
        },
      };
    },
    isUnseen: () => isUnseen,
    async over(event, graceMs) {
      await within(graceMs, begun.given);
      const { deadlineMs: deadline } = event;
      while (heldForMs(deadline) > 0) await within(heldForMs(deadline), free.given);
      // In the same turn as the last look: nobody can hold it in between.
      isOver = true;
    },
  };

  /** How long it may be held yet, 0 when nobody holds it. */
  function heldForMs(deadline: number): number {
    return holds > 0 ? Math.max(0, deadline - reserveMs - Date.now()) : 0;
  }
}

/** Two readings of one deadline: a context counts down in whole milliseconds. */
function isNear(one: number | undefined, other: number | undefined): boolean {
  return one === undefined || other === undefined || Math.abs(one - other) < 1_000;
}

async function within(timeMs: number, event: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(timeMs, longestRunMs));
    timer.unref();
  });
  await Promise.race([event, timeout]);
  clearTimeout(timer);
}

function pause(timeMs: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, timeMs).unref());
}
