/** The reports of one run, in their order: a later one says more and is never overtaken. */
import { within } from '../base/within.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { WireTaskReport } from '../platform/task-report.ts';
import type { TaskDelivery } from './task-delivery.ts';

/** None of its promises rejects. */
export interface ReportSequence {
  /**
   * The run has begun.
   *
   * @param tell - takes the report instead of the platform
   */
  readonly start: (
    delivery: TaskDelivery,
    tell?: (report: WireTaskReport) => void,
  ) => Promise<void>;
  /** The run is about to time out. Resolves to whether the platform knows. */
  readonly timeout: (delivery: TaskDelivery, timeMs: number) => Promise<boolean>;
  /**
   * The run has ended. Resolves to what `send` resolves to, false if it fails.
   *
   * @param timeMs - half of it is for reports that are on their way
   * @param send - gets whether the platform may have heard of the run
   */
  readonly afterEarlier: (
    timeMs: number,
    send: (isKnown: boolean) => Promise<boolean>,
  ) => Promise<boolean>;
}

/** @param complain - told about a fault in here */
export function createReportSequence(
  invocation: Invocation,
  complain: (fault: unknown) => void,
): ReportSequence {
  let queue: Promise<unknown> = Promise.resolve();
  // Made when something is sent: on the way to the handler it would cost more than all else here.
  let givenUp: AbortController | undefined;

  /** Whether the platform may have heard of the run, which it then has to hear the end of. */
  let isKnown = false;

  /** What is on its way gets half of the time, then it is given up: the next one matters more. */
  const afterOthers = async <T>(
    timeMs: number,
    send: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | undefined> => {
    const ahead = queue;
    const sending = (async () => {
      if (givenUp !== undefined) {
        await within(timeMs / 2, ahead);
        givenUp.abort();
        await ahead;
      }
      givenUp = new AbortController();
      return send(givenUp.signal);
    })();
    const contained = sending.catch((fault: unknown) => {
      complain(fault);
      return undefined;
    });
    queue = contained;
    return contained;
  };

  return {
    async start(delivery, tell) {
      isKnown = true;
      if (tell !== undefined) return tell(delivery.startReport(invocation));
      await afterOthers(0, (signal) => delivery.reportStart(invocation, signal));
    },
    async timeout(delivery, timeMs) {
      const send = async (signal: AbortSignal): Promise<boolean> => {
        if (invocation.ended !== undefined) return false;
        isKnown = true;
        return delivery.reportTimeout(invocation, timeMs, signal);
      };
      return (await afterOthers(timeMs / 2, send)) ?? false;
    },
    async afterEarlier(timeMs, send) {
      return (await afterOthers(timeMs, () => send(isKnown))) ?? false;
    },
  };
}
