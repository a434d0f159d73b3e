/** Prepares a draft of the report of a long task, and reports it before it times out. */

import { isSmallFunction } from '../delivery/execution-environment/loading-time.ts';
import { timeoutMarginMs } from '../delivery/execution-environment/timeout-margin.ts';
import type { RunStub } from '../delivery/journal/run-journal.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { TaskDelivery } from './task-delivery.ts';

export interface LongTaskParts {
  /** When the task began, until Lambda ends the invocation; undefined if unknown. */
  readonly remainingMs: number | undefined;
  /** Work that is skipped once the task has ended. */
  readonly meanwhile: (work: (delivery: TaskDelivery) => unknown) => () => Promise<void>;
  /** Stores the raw data that a report can be built from, which is the cheapest. */
  readonly writeRaw: () => void;
  /** Whether the sentinel does all this. */
  readonly isLinked: () => boolean;
  readonly reportTimeout: (delivery: TaskDelivery, timeMs: number) => Promise<void>;
}

// A handler that waits for a response leaves the event loop idle.
const busyHandler = 0.5;
// How long the event loop is measured before work starts.
const lookMs = 50;
// From here on a task has something to lose, and its handler waits for something.
const longTaskMs = 1_000;

/** @returns a function that stops it, so that nothing runs in another invocation */
export function watchLongTask(
  invocation: Invocation,
  stub: RunStub,
  { remainingMs, meanwhile, writeRaw, isLinked, reportTimeout }: LongTaskParts,
): () => void {
  const stops: (() => void)[] = [];
  /** On a small function, work beside a computing handler delays it considerably. */
  const unlessBusy = (work: () => unknown): void => {
    const utilization = measureUtilization();
    stops.push(after(lookMs, () => (utilization() > busyHandler ? writeRaw() : work())));
  };
  const later = (timeMs: number, work: (delivery: TaskDelivery) => unknown): void => {
    const begin = meanwhile(work);
    stops.push(after(timeMs, () => (isSmallFunction() ? unlessBusy(begin) : begin())));
  };
  const halfMs = (remainingMs ?? Number.POSITIVE_INFINITY) / 2;
  const firstMs = Math.min(longTaskMs, halfMs);
  // Short tasks, which are the most, need one timer only.
  later(firstMs, (delivery) => {
    if (invocation.recorded().skipped) stub.close();
    const drafted = delivery.draft(invocation).then((report) => stub.add({ report }));
    const leftMs = invocation.remainingMs();
    if (remainingMs === undefined || leftMs === undefined) return drafted;
    // The task may time out, and then there is no time left for loading.
    later(leftMs - halfMs, () => isLinked() || delivery.warmUp(halfMs));
    later(leftMs - timeoutMarginMs(remainingMs), () =>
      reportTimeout(delivery, invocation.remainingMs() ?? 0),
    );
    return drafted;
  });
  return () => {
    for (const stop of stops) stop();
  };
}

/**
 * How busy the event loop is from now on, from 0 to 1. Reading the clock of it loads eleven modules
 * of Node.js, so that this must not happen before a response; a function may have deleted the global.
 */
function measureUtilization(): () => number {
  const { performance } = process.getBuiltinModule('node:perf_hooks');
  const begun = performance.eventLoopUtilization();
  return () => performance.eventLoopUtilization(begun).utilization;
}

/** @returns stops it */
function after(timeMs: number, work: () => unknown): () => void {
  const timer = setTimeout(work, Math.max(1, timeMs));
  // A handler that waits for nothing any more ends the process; it would not with this timer.
  timer.unref();
  return () => clearTimeout(timer);
}
