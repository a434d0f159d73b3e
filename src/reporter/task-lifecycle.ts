/**
 * The life of one task.
 *
 *     started ──► responded(outcome) ──► closed     delivered, kept for another try, or logged
 *        │  │
 *        │  └──► suspended                          a durable execution that continues later
 *        └─────► orphaned                           the process is gone: see recovery.ts
 *
 * The outcome is what the runtime posts to Lambda (`handedOver`), or unknown if the runtime asks
 * for another event first (`finished`). Where the runtime client cannot be observed, the handler's
 * end (`settled`) decides. A task that is about to time out is reported as failed; if it responds
 * in time, the report of its outcome replaces that one.
 */

import { monotonicMs, wallClockMs } from '../base/clock.ts';
import type { ReporterSettings } from '../config/resolve-options.ts';
import { sharedFreezes } from '../delivery/execution-environment/freezes.ts';
import { noteTimeout, seenTimeoutMs } from '../delivery/execution-environment/function-timeout.ts';
import type { RunJournal } from '../delivery/journal/run-journal.ts';
import type { Handover } from '../delivery/lambda-extension/handover.ts';
import type { RuntimeClient } from '../delivery/lambda-extension/runtime-client.ts';
import type { TaskEvent } from '../delivery/strategy.ts';
import { durableOutcome, isDurableReplay } from '../invocation/durable-execution.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { Outcome } from '../invocation/outcome.ts';
import { isSuccessfulOutcome } from '../report/success.ts';
import {
  contradicts,
  handedOutcome,
  isPastDeadline,
  timedOutOutcome,
  unnoticedOutcome,
} from './caller-outcome.ts';
import { type DeliveryParts, deliverTask } from './deliver-task.ts';
import { startEarlyReports } from './early-reports.ts';
import { neverThrowing } from './internal-errors.ts';
import { createReportSequence } from './report-sequence.ts';
import type { TaskDelivery } from './task-delivery.ts';
import { openTaskJournal } from './task-journal.ts';

export interface TaskLifecycle {
  /** Whether the response has to wait for what `settled` returns. */
  readonly isAwaited: boolean;
  /** Whether the runtime client decides how the task ends. */
  readonly isTied: () => boolean;
  /** The handler has ended, or its outcome is corrected. @returns what the response waits for */
  readonly settled: (outcome: Outcome) => Promise<void> | undefined;
  /**
   * Another task starts with the same request id. If both are parts of one invocation, the end of
   * each handler decides. If Lambda retries the event, the earlier attempt is over, even if its
   * handler still runs, as on Managed Instances.
   *
   * @param otherRemainingMs - until the deadline of the other task; undefined if unknown
   * @returns whether both are parts of one invocation
   */
  readonly joinedBy: (otherRemainingMs: number | undefined) => boolean;
  readonly isRunning: () => boolean;
  /**
   * The environment ends: reports a running task as failed. Resolves when its report is sent or
   * kept. Never rejects.
   */
  readonly shutDown: (delivery: TaskDelivery, deadline: number) => Promise<void>;
}

export interface TaskLifecycleParts extends DeliveryParts {
  readonly settings: ReporterSettings;
  /** Undefined if it cannot be observed, or if the task is not a whole invocation. */
  readonly runtime: RuntimeClient | undefined;
  /** Undefined if nothing can be stored. */
  readonly stubs: RunJournal | undefined;
  readonly onSettled: () => void;
  /** Called when the task is closed or suspended. */
  readonly onClosed: () => void;
}

type State = 'started' | 'responded' | 'suspended' | 'closed';

// A retry of an event has a later deadline. Parts of one invocation have the same, give or take the
// precision of the clocks.
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
  let isTied = parts.runtime !== undefined && requestId !== undefined;
  /** Whether the runtime client has decided. What the handler does after that has no effect. */
  let isDecided = false;

  const journal = openTaskJournal(invocation, { ...parts, startedAt, deadlineMs });
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
  const { promise: delivered, resolve: markDelivered } = Promise.withResolvers<void>();

  const close = (as: State = 'closed'): void => {
    state = as;
    journal.close();
    parts.onClosed();
  };

  const early = startEarlyReports({
    ...{ invocation, stub: journal.stub, sequence, load, remainingMs, reportsStart, isAwaited },
    ...{ isLinked, ownsSpool, linked: journal.linked },
    budgetMs: settings.budgetMs,
    isRunning: () => state === 'started',
    writeRaw: journal.writeRaw,
  });

  /** Evaluates the user's rule after the response has left, which must not wait for it. */
  const writeVerdict = (delivery: TaskDelivery, at: number): void => {
    if (settings.isSuccess === undefined || invocation.ended?.outcome.kind !== 'response') return;
    journal.stub?.add({ ended: { isSuccess: delivery.isSuccess(invocation), at } });
  };

  /** Synchronous, so that the end of the process cannot turn a success into a failure. */
  const writeDown = (outcome: Outcome, mayDie: boolean): void => {
    const isSuccess = isSuccessfulOutcome(outcome, invocation.recorded().failure !== undefined);
    journal.stub?.add({ ended: { isSuccess, at: wallClockMs() } });
    // The process may end before the code that builds the report is loaded.
    if (mayDie) journal.writeRaw();
  };

  /** started → responded, or a correction of the outcome. */
  const respond = (outcome: Outcome, waits: boolean): Promise<void> | undefined => {
    const meaning = durableOutcome(invocation.lambdaEvent, outcome);
    invocation.end(meaning ?? outcome);
    early.stop();
    parts.onSettled();
    // A correction: for the sentinel the task was closed.
    if (state === 'closed') journal.relink();
    const isKnown = reportsStart || early.isTimeoutReported();
    if (meaning === undefined || (invocation.recorded().skipped && !isKnown)) {
      close(meaning === undefined ? 'suspended' : 'closed');
      return undefined;
    }
    state = 'responded';
    return deliverTask(parts, {
      ...{ invocation, event, sequence, sampled, birth, waits, close },
      isExpired: () => isExpired,
      linked: journal.linked,
      writeDown: (mayDie) => writeDown(meaning, mayDie),
      writeVerdict,
      onDelivered: markDelivered,
    });
  };

  const isTooLate = (postedAt: number): boolean =>
    (remainingMs ?? 0) > 0 && isPastDeadline(invocation.remainingMs(postedAt));
  /** The response came after the deadline: the caller got a timeout. */
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

  /** @returns false if the runtime client does not decide, or has decided */
  const decide = (): boolean => {
    if (!isTied) return false;
    isTied = false;
    isDecided = true;
    return true;
  };

  const unwatch = parts.runtime?.watch(requestId, {
    handedOver: neverThrowing((handover: Handover, postedAt = monotonicMs()) => {
      if (!decide()) return;
      if (isTooLate(postedAt)) {
        expire();
        return;
      }
      const outcome = handedOutcome(settledOutcome, handover, invocation);
      // A report that is already sent may be wrong.
      const isNews = settledOutcome === undefined || contradicts(settledOutcome, handover);
      if (state === 'started' || isNews) void respond(outcome, false);
      else if (state === 'responded') writeDown(outcome, true);
    }, logError),
    finished: neverThrowing(() => {
      if (!decide()) return;
      if (state === 'started') void respond(settledOutcome ?? unnoticedOutcome(), false);
    }, logError),
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
      // A streamed response is handed over when it ends.
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
      if (laterMs > leastTimeoutMs && decide()) {
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
