/** Decides when a report is sent, relative to the response to the caller. */

import { isManagedInstance } from '../base/managed-instance.ts';
import type { Environment } from '../config/environment.ts';
import type { Delivery } from '../config/option-values.ts';
import { type Extension, joinExtension } from './lambda-extension/extension.ts';
import type { HeldEvent } from './lambda-extension/invocation-loop.ts';
import type { RuntimeClient } from './lambda-extension/runtime-client.ts';

/** Chosen once per reporter, applied to each task. */
export interface DeliveryStrategy {
  /** Whether the response to this event must wait for its report. */
  readonly isAwaited: (event: TaskEvent) => boolean;
  /**
   * Starts a delivery after the response, and keeps the environment running for it.
   *
   * @param limitMs - maximum time to hold the environment, in milliseconds
   */
  readonly afterResponse: (event: TaskEvent, deliver: Deliver, limitMs: number) => void;
}

/** Identifies the event of a task. */
export type TaskEvent = Partial<HeldEvent>;

/** Delivers the report of a task. Never rejects. */
export type Deliver = () => Promise<void>;

/** Returns the best strategy that the option and the environment allow. */
export function chooseStrategy(
  delivery: Delivery,
  environment: Environment,
  runtime: RuntimeClient | undefined,
  warn: (message: string) => void,
): DeliveryStrategy {
  if (delivery === 'in-band') return inBand(runtime);
  if (isManagedInstance(environment)) return inBackground;
  const extension = joinExtension(environment, runtime);
  if (delivery === 'after-response') void warnOfRefusal(extension, runtime, warn);
  return extension ? afterResponse(extension) : inBand(runtime);
}

let hasWarned = false;

async function warnOfRefusal(
  extension: Extension | undefined,
  runtime: RuntimeClient | undefined,
  warn: (message: string) => void,
): Promise<void> {
  const reason = extension
    ? await extension.refusal
    : `there is no ${runtime ? 'Extensions API' : 'runtime client that can be observed'}`;
  if (reason === undefined || hasWarned) return;
  hasWarned = true;
  warn(`Extension registration failed (${reason}); responses will wait for their reports.`);
}

/**
 * The response waits until the report is delivered or given up. This works in every environment. A
 * delivery that starts only after the response delays the runtime's next event instead.
 */
function inBand(runtime: RuntimeClient | undefined): DeliveryStrategy {
  return {
    isAwaited: () => true,
    afterResponse(_, deliver, limitMs) {
      const delivering = deliver();
      runtime?.delayNextEvent(delivering, limitMs);
    },
  };
}

/** Nothing waits for the report: for environments that are not frozen after a response. */
const inBackground: DeliveryStrategy = {
  isAwaited: () => false,
  afterResponse: (_, deliver) => twoTurnsLater(() => void deliver()),
};

/** Only the freeze of the environment waits for the report. */
function afterResponse(extension: Extension): DeliveryStrategy {
  const heldEvent = ({ requestId, deadlineMs }: TaskEvent): HeldEvent | undefined =>
    requestId === undefined ? undefined : { requestId, deadlineMs };
  return {
    isAwaited(event) {
      const held = heldEvent(event);
      return held === undefined || !extension.canHold(held);
    },
    afterResponse(event, deliver, limitMs) {
      const held = heldEvent(event);
      const hold = held && extension.hold(held, limitMs);
      twoTurnsLater(() => void deliver().finally(() => hold?.release()));
    },
  };
}

/**
 * Version 3 of the runtime client asks for its next event one turn of the event loop after it has
 * posted a response. Work that starts after that turn does not delay the request.
 */
function twoTurnsLater(work: () => void): void {
  setImmediate(() => setImmediate(work));
}
