/** Delivers the report of a task that has ended: decides when it is sent, and which process sends it. */
import { monotonicMs, wallClockMs } from '../base/clock.ts';
import type { ReporterSettings } from '../config/resolve-options.ts';
import { deliveryTimeMs, isWorthLoading } from '../delivery/send/time-budget.ts';
import type { DeliveryStrategy, TaskEvent } from '../delivery/strategy.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { LinkedRun, SentinelLink } from '../sentinel/client/sentinel-connection.ts';
import type { PostponedDeliveries } from './deferred-deliveries.ts';
import type { ReportSequence } from './report-sequence.ts';
import type { TaskDelivery } from './task-delivery.ts';

export interface DeliveryParts {
  readonly settings: Pick<ReporterSettings, 'budgetMs'>;
  readonly strategy: DeliveryStrategy;
  readonly load: () => Promise<TaskDelivery>;
  /** Deliveries that had too little time. The next delivery makes them. */
  readonly postponed: PostponedDeliveries;
  /** Undefined if there is no sentinel. */
  readonly sentinel: SentinelLink | undefined;
  /** Whether everything that a delivery needs is loaded. */
  readonly warmth: { isWarm: boolean };
  readonly logError: (error: unknown) => void;
}

export interface EndedTask {
  readonly invocation: Invocation;
  readonly event: TaskEvent;
  readonly sequence: ReportSequence;
  /** Whether a success is reported. */
  readonly sampled: boolean;
  /** The count of freezes when the event started. */
  readonly birth: number;
  /** Whether Lambda has ended the invocation at the deadline. */
  readonly isExpired: () => boolean;
  /** The sentinel's part of the task, if the sentinel reports it. */
  readonly linked: () => LinkedRun | undefined;
  /** Whether the response may wait. */
  readonly waits: boolean;
  /**
   * Writes the outcome into the journal.
   *
   * @param mayDie - whether the process may end before the report is built
   */
  readonly writeDown: (mayDie: boolean) => void;
  /** Writes the result of the user's `isSuccess` into the journal. */
  readonly writeVerdict: (delivery: TaskDelivery, at: number) => void;
  /** Called when the report will survive the end of the process. */
  readonly close: () => void;
  /** Called when the delivery has ended. */
  readonly onDelivered: () => void;
}

// With less time the process may end before the report is built.
const shortTimeMs = 500;
// Time after its deadline in which a delivery stores what it could not send.
const cleanUpMs = 300;
// A response that waits for its report does not wait for more pending reports than this.
const mostWaitingInBand = 1;

/** @returns what the response waits for */
export function deliverTask(parts: DeliveryParts, task: EndedTask): Promise<void> | undefined {
  const { settings, strategy, load, postponed, sentinel, warmth, logError } = parts;
  const { invocation, event, sequence, sampled, birth, waits } = task;
  const { isExpired, linked, writeDown, writeVerdict, close, onDelivered } = task;
  // A process that outlives the deadline has no time limit.
  const leftMs = isExpired() ? undefined : invocation.remainingMs();
  const timeMs = deliveryTimeMs(settings.budgetMs, leftMs, waits);
  const isPostponed = !isWorthLoading(leftMs, waits) && !postponed.isFull();
  // A response shortly before the deadline does not wait; the journal informs the next process.
  const isWaited = waits && timeMs > 0 && !isPostponed;
  if (!isWaited && !isExpired()) writeDown(!warmth.isWarm || timeMs < shortTimeMs);
  const lateMs = isExpired() ? Math.max(0, -(invocation.remainingMs() ?? 0)) : 0;
  const ended = {
    endedAt: wallClockMs() - lateMs,
    endedMonotonicMs: monotonicMs() - lateMs,
  };
  const send = async (limitMs: number): Promise<void> => {
    const deadline = performance.now() + limitMs;
    // The sentinel does not ask the platform about a task that ended at its deadline; this process does.
    const sentinelRun = isExpired() ? undefined : linked();
    // The next attempt may have started at the deadline.
    const origin = { birth: isExpired() ? birth - 1 : birth, ...ended };
    const ownsSpool = (): boolean => !sentinel?.ownsSpool();
    const delivery = await load();
    if (!isWaited) writeVerdict(delivery, ended.endedAt);
    for (const earlier of postponed.take()) await earlier(limitMs / 2);
    const handOver = sentinel?.isUsable() ? sentinelRun?.handOver : undefined;
    if (handOver === undefined) delivery.warmUp(deadline - performance.now());
    let isHandedOver = false;
    const reporting = sequence.afterEarlier(deadline - performance.now(), (isKnown) =>
      delivery.reportEnd(invocation, {
        sampled,
        isKnown,
        deadline,
        origin,
        isSafe: close,
        handOver:
          handOver &&
          (async (report, leftMs) => {
            isHandedOver = await handOver(report, leftMs, ended);
            return isHandedOver;
          }),
      }),
    );
    if (isWaited && ownsSpool()) {
      await Promise.all([reporting, delivery.catchUp(deadline, mostWaitingInBand)]);
    } else {
      const isWorthIt = await reporting;
      if (ownsSpool()) {
        if (isWorthIt && !isWaited) await delivery.catchUp(deadline, Number.POSITIVE_INFINITY);
      } else if (!isHandedOver && delivery.leaveWaiting()) {
        sentinel?.leftReports();
      }
    }
    warmth.isWarm = true;
  };
  const deliver = (limitMs: number): Promise<void> =>
    send(limitMs)
      .catch((error: unknown) => {
        logError(error);
        close();
      })
      .finally(onDelivered);
  if (isWaited) return deliver(timeMs);
  if (isPostponed) postponed.add(deliver);
  else strategy.afterResponse(event, () => deliver(timeMs), timeMs + cleanUpMs);
  return undefined;
}
