/** When a report leaves, seen from the answer to the caller. */

import type { Environment } from '../environment.ts';
import type { Delivery } from '../option-values.ts';
import { type Extension, joinExtension } from './extension/extension.ts';

/** Decides for each run. */
export interface DeliveryStrategy {
  /** Whether what a delivery needs is better loaded beside the handler: the answer waits for it. */
  readonly isAwaited: boolean;
  /** A run begins. */
  readonly begin: (run: RunTime) => Dispatcher;
}

/** Of a run's invocation, what tells it from others. */
export interface RunTime {
  readonly requestId?: string | undefined;
  /** Epoch milliseconds. */
  readonly deadlineMs?: number | undefined;
}

/**
 * Makes a delivery. Never rejects.
 *
 * @param isAwaited - whether the answer waits for it
 */
export type Deliver = (isAwaited: boolean) => Promise<void>;

/** Takes over the deliveries of one run. */
export interface Dispatcher {
  /** Whether the answer has to wait for its report. */
  readonly isAwaited: boolean;
  /**
   * @param answered - where the runtime waits for something else before it answers
   * @returns what the answer has to wait for, undefined when it need not wait
   */
  readonly dispatch: (deliver: Deliver, answered?: Promise<void>) => Promise<void> | undefined;
  /** There is nothing to deliver, or nothing more. */
  readonly close: () => void;
}

let hasComplained = false;

/** The best strategy that the choice and the environment allow. */
export function chooseStrategy(
  delivery: Delivery,
  environment: Environment,
  complain: (message: string) => void,
): DeliveryStrategy {
  if (delivery === 'in-band') return inBand;
  if (isManagedInstance(environment)) return inBackground;
  const extension = joinExtension(environment);
  const refusal = extension ? extension.refusal() : 'there is no Extensions API';
  if (extension === undefined || refusal !== undefined) {
    if (delivery === 'after-response' && !hasComplained) {
      hasComplained = true;
      complain(`answers wait for their reports, Lambda takes no extension here: ${refusal}.`);
    }
    return inBand;
  }
  return afterResponse(extension);
}

/** Managed Instances run many invocations at once, in several workers, and are never frozen. */
export function isManagedInstance(environment: Environment): boolean {
  return environment['AWS_LAMBDA_MAX_CONCURRENCY'] !== undefined;
}

const inBandDispatcher: Dispatcher = {
  isAwaited: true,
  dispatch: (deliver) => deliver(true),
  close: () => undefined,
};

/** The answer waits until the report is out or given up: works in every environment. */
const inBand: DeliveryStrategy = { isAwaited: true, begin: () => inBandDispatcher };

/** Nothing waits: for environments that are not frozen after an answer. */
export const inBackground: DeliveryStrategy = {
  isAwaited: false,
  begin: () => ({
    isAwaited: false,
    dispatch(deliver, answered) {
      afterAnswer(() => void deliver(false), answered);
      return undefined;
    },
    close: () => undefined,
  }),
};

/** Nothing waits but the freeze of the environment. */
function afterResponse(extension: Extension): DeliveryStrategy {
  return {
    isAwaited: false,
    begin({ requestId, deadlineMs }) {
      if (requestId === undefined) return inBandDispatcher;
      const running = extension.hold(requestId, deadlineMs);
      if (running === undefined) return inBandDispatcher;
      return {
        isAwaited: false,
        dispatch(deliver, answered) {
          const delivering = extension.hold(requestId, deadlineMs);
          running.release();
          if (delivering === undefined) return deliver(true);
          afterAnswer(() => void deliver(false).finally(delivering.release), answered);
          return undefined;
        },
        close: running.release,
      };
    },
  };
}

/**
 * The runtime needs one turn of the event loop to hand an answer over, which it then does without
 * letting go of the thread. What is put behind two turns starts after that.
 */
function afterAnswer(work: () => void, answered?: Promise<void>): void {
  const start = (): void => void setImmediate(() => setImmediate(work));
  if (answered) void answered.then(start);
  else start();
}
