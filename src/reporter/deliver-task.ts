/** Delivers the report of a task that has ended: decides when and who sends it, then has it sent. */
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
  /** Deliveries for which the time was too short. The next one makes them. */
  readonly postponed: PostponedDeliveries;
  /** Undefined where no other process watches the tasks of this one. */
  readonly sentinel: SentinelLink | undefined;
  /** Whether all that a delivery needs is loaded: one has been made. */
  readonly warmth: { isWarm: boolean };
  readonly logError: (error: unknown) => void;
}

export interface EndedTask {
  readonly invocation: Invocation;
  readonly event: TaskEvent;
  readonly sequence: ReportSequence;
  /** Whether a success is reported. */
  readonly sampled: boolean;
  /** The count of freezes when its event began. */
  readonly birth: number;
  /** Whether Lambda has ended its invocation at the deadline. */
  readonly isExpired: () => boolean;
  /** The sentinel's end of it, where that reports this task. */
  readonly linked: () => LinkedRun | undefined;
  /** Whether the response may wait. */
  readonly waits: boolean;
  /**
   * Writes the outcome into the journal.
   *
   * @param mayDie - whether the process may end before the report is built
   */
  readonly writeDown: (mayDie: boolean) => void;
  /** Writes into the journal whether it succeeded by the user's rule. */
  readonly writeVerdict: (delivery: TaskDelivery, at: number) => void;
  /** Called when the report will survive the end of the process. */
  readonly close: () => void;
  /** Called when the delivery has ended. */
  readonly onDelivered: () => void;
}

// With less the process may be gone before the report is built.
const shortTimeMs = 500;
// What a delivery may take beyond its own deadline, for writing down what it could not send.
const cleanUpMs = 300;
// A response that waits does not wait for what others have left.
const mostWaitingInBand = 1;

/** @returns what the response has to wait for */
export function deliverTask(parts: DeliveryParts, task: EndedTask): Promise<void> | undefined {
  const { settings, strategy, load, postponed, sentinel, warmth, logError } = parts;
  const { invocation, event, sequence, sampled, birth, waits } = task;
  const { isExpired, linked, writeDown, writeVerdict, close, onDelivered } = task;
  // A process that outlives the deadline has all the time it needs.
  const leftMs = isExpired() ? undefined : invocation.remainingMs();
  const timeMs = deliveryTimeMs(settings.budgetMs, leftMs, waits);
  const isPostponed = !isWorthLoading(leftMs, waits) && !postponed.isFull();
  // A response that is almost too late waits for nothing; the journal tells the next process.
  const isWaited = waits && timeMs > 0 && !isPostponed;
  if (!isWaited && !isExpired()) writeDown(!warmth.isWarm || timeMs < shortTimeMs);
  const lateMs = isExpired() ? Math.max(0, -(invocation.remainingMs() ?? 0)) : 0;
  const ended = {
    endedAt: wallClockMs() - lateMs,
    endedMonotonicMs: monotonicMs() - lateMs,
  };
  const send = async (limitMs: number): Promise<void> => {
    const deadline = performance.now() + limitMs;
    // Where the sentinel does not ask the platform, as about what ends at its deadline, this does.
    const sentinelRun = isExpired() ? undefined : linked();
    // The next attempt may have begun at the deadline.
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
