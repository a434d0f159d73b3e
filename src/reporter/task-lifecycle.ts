/**
 * The life of one task.
 *
 *     started ──► responded(outcome) ──► closed     delivered, kept for another try, or logged
 *        │  │
 *        │  └──► suspended                          a durable execution that goes on later
 *        └─────► orphaned                           the process is gone: see recovery.ts
 *
 * The handler's own end (`settled`) decides only where the runtime client cannot be observed.
 * Elsewhere it is what Lambda took from the runtime (`handedOver`), or that the runtime asks for
 * another event (`finished`). Between `started` and `responded` a task that is about to time out is
 * reported as such; when it responds after all, its report replaces that one.
 */

import { monotonicMs, wallClockMs } from '../base/clock.ts';
import type { ReporterSettings } from '../config/resolve-options.ts';
import { sharedFreezes } from '../delivery/execution-environment/freezes.ts';
import { noteTimeout, seenTimeoutMs } from '../delivery/execution-environment/function-timeout.ts';
import type { LinkRun, RunStubs } from '../delivery/journal/run-journal.ts';
import type { Handover, RuntimeClient } from '../delivery/lambda-extension/runtime-client.ts';
import type { ReportOrigin } from '../delivery/queue/delivery-queue.ts';
import { deliveryTimeMs, isWorthLoading } from '../delivery/send/time-budget.ts';
import type { DeliveryStrategy, TaskEvent } from '../delivery/strategy.ts';
import { durableOutcome, isDurableReplay } from '../invocation/durable-execution.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { Outcome } from '../invocation/outcome.ts';
import { isSuccessfulOutcome } from '../report/success.ts';
import type { LinkedRun } from '../sentinel/client/sentinel-connection.ts';
import {
  contradicts,
  handedOutcome,
  isPastDeadline,
  timedOutOutcome,
  unnoticedOutcome,
} from './caller-outcome.ts';
import { type DelivererParts, deliverTask } from './deliver-task.ts';
import { startEarlyReports } from './early-reports.ts';
import { rawTask } from './journaled-task.ts';
import { openTaskStub } from './open-journal-entry.ts';
import { createReportSequence } from './report-sequence.ts';
import type { TaskDelivery } from './task-delivery.ts';

export interface TaskLifecycle {
  /** Whether the response has to wait for what `settled` returns. */
  readonly isAwaited: boolean;
  /** Whether what the runtime hands over decides how it ends. */
  readonly isTied: () => boolean;
  /**
   * The handler has ended, or its outcome is corrected.
   *
   * @returns what the response has to wait for
   */
  readonly settled: (outcome: Outcome) => Promise<void> | undefined;
  /**
   * Another task begins under the same request id. As parts of one invocation the handler's own end
   * decides about both. When Lambda repeats the event the attempt before is over, even if its handler
   * goes on, as on Managed Instances.
   *
   * @param otherRemainingMs - until the deadline of the other; undefined where nobody says
   * @returns whether both are parts of one invocation
   */
  readonly joinedBy: (otherRemainingMs: number | undefined) => boolean;
  /** Whether its handler has not ended. */
  readonly isRunning: () => boolean;
  /**
   * The environment ends: reports that a task which runs will not end. Resolves when its report has
   * been sent or kept. Never rejects.
   */
  readonly shutDown: (delivery: TaskDelivery, deadline: number) => Promise<void>;
}

export interface TaskLifecycleParts extends DelivererParts {
  readonly settings: ReporterSettings;
  readonly strategy: DeliveryStrategy;
  /** Undefined where it cannot be observed, or this is not the task of a whole invocation. */
  readonly runtime: RuntimeClient | undefined;
  /** Undefined where nothing outlives the process. */
  readonly stubs: RunStubs | undefined;
  readonly logError: (error: unknown) => void;
  /** Called when the handler has ended. */
  readonly onSettled: () => void;
  /** Called when nothing more will become of it. */
  readonly onClosed: () => void;
}

type State = 'started' | 'responded' | 'suspended' | 'closed';

// With less the process may be gone before the report is built.
const shortTimeMs = 500;
// What a delivery may take beyond its own deadline, for writing down what it could not send.
const cleanUpMs = 300;
// When Lambda repeats an event its deadline is later: by a timeout if the attempt before had none
// of its time left. That of parts of an invocation is the same, as far as clocks agree.
const leastTimeoutMs = 500;
const sameDeadlineMs = 20;

export function createTaskLifecycle(
  invocation: Invocation,
  parts: TaskLifecycleParts,
): TaskLifecycle {
  const { settings, strategy, sentinel, load, logError } = parts;
  const { requestId } = invocation;
  const remainingMs = invocation.remainingMs();
  if (remainingMs !== undefined) noteTimeout(remainingMs);
  const startedAt = wallClockMs();
  const deadlineMs = remainingMs === undefined ? undefined : startedAt + remainingMs;
  const birth = sharedFreezes().count();
  const event: TaskEvent = { ...(requestId !== undefined && { requestId }), deadlineMs };
  const isAwaited = strategy.isAwaited(event);
  /** Whether the runtime client decides how it ends. */
  let isTied = parts.runtime !== undefined && requestId !== undefined;
  /** Whether it has decided: a handler that goes on after that goes on for nobody. */
  let isDecided = false;

  let linked: LinkedRun | undefined;
  const link: LinkRun = (record, file) => {
    linked = sentinel?.begin({ requestId, stub: record, file });
    return linked;
  };
  const stub = openTaskStub(invocation, { ...parts, startedAt, deadlineMs, link });
  linked ??= sentinel?.begin({ requestId });
  /** Whether the sentinel reports this task. */
  const isLinked = (): boolean => sentinel?.isUsable() ?? false;
  const ownsSpool = (): boolean => !sentinel?.ownsSpool();

  const sequence = createReportSequence(invocation, (error) => {
    logError(error);
    if (state === 'responded') close();
  });
  const sampled = settings.sampleRate === 1 || Math.random() < settings.sampleRate;
  const reportsStart = settings.reportStart && sampled && !isDurableReplay(invocation.lambdaEvent);
  let state: State = 'started';
  let settledOutcome: Outcome | undefined;
  let isExpired = false;
  let markDelivered: () => void = () => undefined;
  const delivered = new Promise<void>((resolve) => {
    markDelivered = resolve;
  });

  const close = (as: State = 'closed'): void => {
    state = as;
    stub?.close();
    linked?.close();
    parts.onClosed();
  };

  const early = startEarlyReports({
    ...{ invocation, stub, sequence, load, remainingMs, reportsStart, isAwaited },
    ...{ isLinked, ownsSpool, linked: () => linked },
    budgetMs: settings.budgetMs,
    isRunning: () => state === 'started',
    writeRaw: () => stub?.add({ raw: rawTask(invocation, settings.capture) }),
  });

  /** The user's rule is asked after the response has left, which must not wait for it. */
  const writeVerdict = (delivery: TaskDelivery, at: number): void => {
    if (settings.isSuccess === undefined || invocation.ended?.outcome.kind !== 'response') return;
    stub?.add({ ended: { isSuccess: delivery.isSuccess(invocation), at } });
  };

  /** Where the sentinel does not ask the platform, as about what ends at its deadline, this does. */
  const deliver = (waits: boolean, timeMs: number, ended: Omit<ReportOrigin, 'birth'>) =>
    deliverTask(parts, {
      ...{ sequence, sampled, waits, timeMs },
      // The next attempt may have begun at the deadline.
      origin: { birth: isExpired ? birth - 1 : birth, ...ended },
      linked: isExpired ? undefined : linked,
      isSafe: () => close(),
      onLoaded: (delivery) => {
        if (!waits) writeVerdict(delivery, ended.endedAt);
      },
    });

  /** At once: from here on the end of the process does not make a failure of a success. */
  const writeDown = (outcome: Outcome, mayDie: boolean): void => {
    const isSuccess = isSuccessfulOutcome(outcome, invocation.recorded().failure !== undefined);
    stub?.add({ ended: { isSuccess, at: wallClockMs() } });
    // Loading what makes a report of it may take as long as a process lasts.
    if (mayDie) stub?.add({ raw: rawTask(invocation, settings.capture) });
  };

  /** started → responded, or a correction of what the caller was believed to get. */
  const respond = (outcome: Outcome, waits: boolean): Promise<void> | undefined => {
    const meaning = durableOutcome(invocation.lambdaEvent, outcome);
    invocation.end(meaning ?? outcome);
    early.stop();
    parts.onSettled();
    // A correction: the sentinel was told that nothing more would come.
    if (state === 'closed') linked = sentinel?.begin({ requestId });
    const isKnown = reportsStart || early.isTimeoutReported();
    if (meaning === undefined || (invocation.recorded().skipped && !isKnown)) {
      close(meaning === undefined ? 'suspended' : 'closed');
      return undefined;
    }
    state = 'responded';
    const isCold = !parts.warmth.isWarm;
    // A process that outlives the deadline has all the time it needs.
    const leftMs = isExpired ? undefined : invocation.remainingMs();
    const timeMs = deliveryTimeMs(settings.budgetMs, leftMs, waits);
    const isPostponed = !isWorthLoading(leftMs, waits) && !parts.postponed.isFull();
    // A response that is almost too late waits for nothing; the stub tells the next process.
    const isWaited = waits && timeMs > 0 && !isPostponed;
    if (!isWaited && !isExpired) writeDown(meaning, isCold || timeMs < shortTimeMs);
    const lateMs = isExpired ? Math.max(0, -(invocation.remainingMs() ?? 0)) : 0;
    const ended = {
      endedAt: wallClockMs() - lateMs,
      endedMonotonicMs: monotonicMs() - lateMs,
    };
    const delivering = (limitMs: number): Promise<void> =>
      deliver(isWaited, limitMs, ended)
        .catch((error: unknown) => {
          logError(error);
          close();
        })
        .finally(markDelivered);
    if (isWaited) return delivering(timeMs);
    if (isPostponed) parts.postponed.add(delivering);
    else strategy.afterResponse(event, () => delivering(timeMs), timeMs + cleanUpMs);
    return undefined;
  };

  const contained = <Arguments extends unknown[]>(work: (...given: Arguments) => unknown) => {
    return (...given: Arguments): void => {
      try {
        work(...given);
      } catch (error) {
        logError(error);
      }
    };
  };

  const isTooLate = (postedAt: number): boolean =>
    (remainingMs ?? 0) > 0 && isPastDeadline(invocation.remainingMs(postedAt));
  /** Lambda has ended the invocation before the response came: the caller got the timeout. */
  const expire = (): void => {
    isExpired = true;
    if (state !== 'started' || !early.isTimeoutReported()) {
      void respond(timedOutOutcome(seenTimeoutMs()), false);
      return;
    }
    early.stop();
    parts.onSettled();
    close();
  };

  const unwatch = parts.runtime?.watch(requestId, {
    handedOver: contained((handover: Handover, postedAt = monotonicMs()) => {
      if (!isTied) return;
      isTied = false;
      isDecided = true;
      if (isTooLate(postedAt)) {
        expire();
        return;
      }
      const outcome = handedOutcome(settledOutcome, handover, invocation);
      // A report that has left before that may have been wrong.
      const isNews = settledOutcome === undefined || contradicts(settledOutcome, handover);
      if (state === 'started' || isNews) void respond(outcome, false);
      else if (state === 'responded') writeDown(outcome, true);
    }),
    finished: contained(() => {
      if (!isTied) return;
      isTied = false;
      isDecided = true;
      if (state === 'started') void respond(settledOutcome ?? unnoticedOutcome(), false);
    }),
  });
  const untie = (): void => {
    isTied = false;
    unwatch?.();
  };

  return {
    isAwaited,
    isTied: () => isTied,
    settled(outcome) {
      if (isDecided && outcome.kind !== 'stream') return undefined;
      settledOutcome = outcome;
      invocation.end(outcome);
      early.stop();
      parts.onSettled();
      if (isTied && !isAwaited && outcome.kind !== 'stream') return undefined;
      // A streamed response has been handed over when it ends.
      if (outcome.kind === 'stream') {
        untie();
        if (isTooLate(monotonicMs())) {
          expire();
          return undefined;
        }
      }
      return respond(outcome, isAwaited);
    },
    joinedBy(otherRemainingMs = invocation.remainingMs()) {
      const laterMs = (otherRemainingMs ?? 0) - (invocation.remainingMs() ?? 0);
      if (isDecided && laterMs > sameDeadlineMs) return false;
      if (isTied && laterMs > leastTimeoutMs) {
        isTied = false;
        isDecided = true;
        expire();
        return false;
      }
      if (!isTied || invocation.isFollowedByRuntimeOnly) return true;
      untie();
      if (state === 'started' && settledOutcome !== undefined) void respond(settledOutcome, false);
      return true;
    },
    isRunning: () => state === 'started',
    shutDown: (delivery, deadline) =>
      state === 'started' ? early.reportTimeout(delivery, deadline - performance.now()) : delivered,
  };
}
