/** What is reported of a task before it ends: that it has begun, and that it is about to time out. */

import { isSmallFunction } from '../delivery/execution-environment/loading-time.ts';
import type { RunStub } from '../delivery/journal/run-journal.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { LinkedRun } from '../sentinel/client/sentinel-connection.ts';
import type { ReportSequence } from './report-sequence.ts';
import type { TaskDelivery } from './task-delivery.ts';
import { watchLongTask } from './watch-long-task.ts';

export interface EarlyReports {
  /** Whether the platform has a report that the task is about to time out. */
  readonly isTimeoutReported: () => boolean;
  readonly reportTimeout: (delivery: TaskDelivery, timeMs: number) => Promise<void>;
  /** The task has ended: nothing of this may happen in another invocation. */
  readonly stop: () => void;
}

export interface EarlyReportsParts {
  readonly invocation: Invocation;
  /** Undefined where nothing outlives the process. */
  readonly stub: RunStub | undefined;
  readonly sequence: ReportSequence;
  readonly load: () => Promise<TaskDelivery>;
  /** Until Lambda ends the invocation; undefined where nobody says. */
  readonly remainingMs: number | undefined;
  /** Whether the task's beginning is reported. */
  readonly reportsStart: boolean;
  /** Whether the response waits for its report. */
  readonly isAwaited: boolean;
  readonly budgetMs: number;
  readonly isRunning: () => boolean;
  /** Whether the sentinel reports this task, and by what. */
  readonly isLinked: () => boolean;
  readonly linked: () => LinkedRun | undefined;
  readonly ownsSpool: () => boolean;
  /** Writes down what a report can be made of. */
  readonly writeRaw: () => void;
}

export function startEarlyReports(parts: EarlyReportsParts): EarlyReports {
  const { invocation, stub, sequence, remainingMs, reportsStart, isRunning, isLinked } = parts;
  let isTimeoutReported = false;

  /** Something to do while the handler runs. */
  const meanwhile = (work: (delivery: TaskDelivery) => unknown) => async (): Promise<void> => {
    try {
      const delivery = await parts.load();
      if (isRunning()) await work(delivery);
    } catch {
      // The end of the task meets the same error, and logs it.
    }
  };
  const reportTimeout = async (delivery: TaskDelivery, timeMs: number): Promise<void> => {
    if (invocation.recorded().skipped || isLinked()) return;
    // A response that comes meanwhile has to replace a record that may be there already.
    stub?.add({ isReported: false });
    isTimeoutReported ||= await sequence.timeout(delivery, timeMs);
    if (isTimeoutReported) stub?.add({ isReported: true });
    if (!parts.ownsSpool() || !isRunning()) return;
    // Lambda ends the process at the deadline, and may never use the environment again.
    const leftMs = (invocation.remainingMs() ?? 0) / 2;
    await delivery.writeDown(performance.now() + leftMs, isRunning);
  };

  const { writeRaw } = parts;
  const stop = stub
    ? watchLongTask(invocation, stub, { remainingMs, meanwhile, isLinked, reportTimeout, writeRaw })
    : () => undefined;
  // On a small function the handler has no time to spare for it.
  if (reportsStart || (parts.isAwaited && !isSmallFunction())) {
    // After the handler's first turn: what is loaded then is loaded while the handler waits.
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
