/** Reports a task before it ends: when it starts, and when it is about to time out. */

import { isSmallFunction } from '../delivery/execution-environment/loading-time.ts';
import type { RunStub } from '../delivery/journal/run-journal.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { LinkedRun } from '../sentinel/client/sentinel-connection.ts';
import type { ReportSequence } from './report-sequence.ts';
import type { TaskDelivery } from './task-delivery.ts';
import { watchLongTask } from './watch-long-task.ts';

export interface EarlyReports {
  /** Whether the platform may have a report that the task is about to time out. */
  readonly isTimeoutReported: () => boolean;
  readonly reportTimeout: (delivery: TaskDelivery, timeMs: number) => Promise<void>;
  /** The task has ended. Stops all of this, so that none of it runs in another invocation. */
  readonly stop: () => void;
}

export interface EarlyReportsParts {
  readonly invocation: Invocation;
  /** Undefined if nothing can be stored. */
  readonly stub: RunStub | undefined;
  readonly sequence: ReportSequence;
  readonly load: () => Promise<TaskDelivery>;
  /** Until Lambda ends the invocation; undefined if unknown. */
  readonly remainingMs: number | undefined;
  /** Whether the start of the task is reported. */
  readonly reportsStart: boolean;
  /** Whether the response waits for its report. */
  readonly isAwaited: boolean;
  readonly budgetMs: number;
  readonly isRunning: () => boolean;
  /** Whether the sentinel reports this task, and by what. */
  readonly isLinked: () => boolean;
  readonly linked: () => LinkedRun | undefined;
  readonly ownsSpool: () => boolean;
  /** Stores the raw data that a report can be built from. */
  readonly writeRaw: () => void;
}

export function startEarlyReports(parts: EarlyReportsParts): EarlyReports {
  const { invocation, stub, sequence, remainingMs, reportsStart, isRunning, isLinked } = parts;
  let isTimeoutReported = false;

  /** Starts work that runs beside the handler. */
  const meanwhile = (work: (delivery: TaskDelivery) => unknown) => async (): Promise<void> => {
    try {
      const delivery = await parts.load();
      if (isRunning()) await work(delivery);
    } catch {
      // The report of the outcome meets the same error and logs it.
    }
  };
  const reportTimeout = async (delivery: TaskDelivery, timeMs: number): Promise<void> => {
    if (invocation.recorded().skipped || isLinked()) return;
    // A response from here on has to replace a record that may exist already.
    stub?.add({ isReported: false });
    isTimeoutReported ||= await sequence.timeout(delivery, timeMs);
    if (isTimeoutReported) stub?.add({ isReported: true });
    if (!parts.ownsSpool() || !isRunning()) return;
    // Lambda kills the process at the deadline and may never use the environment again.
    const leftMs = (invocation.remainingMs() ?? 0) / 2;
    await delivery.writeDown(performance.now() + leftMs, isRunning);
  };

  const { writeRaw } = parts;
  const stop = stub
    ? watchLongTask(invocation, stub, { remainingMs, meanwhile, isLinked, reportTimeout, writeRaw })
    : () => undefined;
  // On a small function this would delay the handler.
  if (reportsStart || (parts.isAwaited && !isSmallFunction())) {
    // Loads after the handler's first turn, while the handler waits.
    setImmediate(
      meanwhile(async (delivery) => {
        if (!isLinked()) delivery.warmUp(parts.budgetMs);
        const tell = isLinked() ? parts.linked()?.start : undefined;
        if (reportsStart) await sequence.start(delivery, tell);
      }),
    );
  }
  return { isTimeoutReported: () => isTimeoutReported, reportTimeout, stop };
}
