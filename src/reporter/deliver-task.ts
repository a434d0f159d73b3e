/** Delivers the report of a task that has ended, by whoever has to do that, and what waits after it. */
import type { ReportOrigin } from '../delivery/queue/delivery-queue.ts';
import type { LinkedRun, SentinelLink } from '../sentinel/client/sentinel-connection.ts';
import type { PostponedDeliveries } from './deferred-deliveries.ts';
import type { ReportSequence } from './report-sequence.ts';
import type { TaskDelivery } from './task-delivery.ts';

export interface DelivererParts {
  readonly load: () => Promise<TaskDelivery>;
  /** Deliveries for which the time was too short. The next one makes them. */
  readonly postponed: PostponedDeliveries;
  /** Undefined where no other process watches the tasks of this one. */
  readonly sentinel: SentinelLink | undefined;
  /** Whether all that a delivery needs is loaded: one has been made. */
  readonly warmth: { isWarm: boolean };
}

export interface EndedTask {
  readonly sequence: ReportSequence;
  /** Whether a success is reported. */
  readonly sampled: boolean;
  readonly origin: ReportOrigin;
  /** Called before anything else is done with the delivery. */
  readonly onLoaded: (delivery: TaskDelivery) => void;
  /** The sentinel's end of it, where that reports this task. */
  readonly linked: LinkedRun | undefined;
  /** Whether the response waits. */
  readonly waits: boolean;
  /** For all of it, in milliseconds. */
  readonly timeMs: number;
  /** Called when the report will survive the end of the process. */
  readonly isSafe: () => void;
}

// A response that waits does not wait for what others have left.
const mostWaitingInBand = 1;

export async function deliverTask(
  { load, postponed, sentinel, warmth }: DelivererParts,
  { sequence, sampled, origin, linked, waits, timeMs, isSafe, onLoaded }: EndedTask,
): Promise<void> {
  const deadline = performance.now() + timeMs;
  const ownsSpool = (): boolean => !sentinel?.ownsSpool();
  const delivery = await load();
  onLoaded(delivery);
  for (const earlier of postponed.take()) await earlier(timeMs / 2);
  const handOver = sentinel?.isUsable() ? linked?.handOver : undefined;
  if (handOver === undefined) delivery.warmUp(deadline - performance.now());
  const { endedAt, endedMonotonicMs } = origin;
  let isHandedOver = false;
  const reporting = sequence.end(delivery, {
    ...{ sampled, deadline, origin, isSafe },
    handOver:
      handOver &&
      (async (report, leftMs) => {
        isHandedOver = await handOver(report, leftMs, { endedAt, endedMonotonicMs });
        return isHandedOver;
      }),
  });
  if (waits && ownsSpool()) {
    await Promise.all([reporting, delivery.catchUp(deadline, mostWaitingInBand)]);
  } else {
    const isWorthIt = await reporting;
    if (ownsSpool()) {
      if (isWorthIt && !waits) await delivery.catchUp(deadline, Number.POSITIVE_INFINITY);
    } else if (!isHandedOver && delivery.leaveWaiting()) {
      sentinel?.leftReports();
    }
  }
  warmth.isWarm = true;
}
