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

export interface TaskLifecycleParts extends DeliveryParts {
  readonly settings: ReporterSettings;
  /** Undefined where it cannot be observed, or this is not the task of a whole invocation. */
  readonly runtime: RuntimeClient | undefined;
  /** Undefined where nothing outlives the process. */
  readonly stubs: RunJournal | undefined;
  /** Called when the handler has ended. */
  readonly onSettled: () => void;
  /** Called when nothing more will become of it. */
  readonly onClosed: () => void;
}

type State = 'started' | 'responded' | 'suspended' | 'closed';

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

  /** At once: from here on the end of the process does not make a failure of a success. */
  const writeDown = (outcome: Outcome, mayDie: boolean): void => {
    const isSuccess = isSuccessfulOutcome(outcome, invocation.recorded().failure !== undefined);
    journal.stub?.add({ ended: { isSuccess, at: wallClockMs() } });
    // Loading what makes a report of it may take as long as a process lasts.
    if (mayDie) journal.writeRaw();
  };

  /** started → responded, or a correction of what the caller was believed to get. */
  const respond = (outcome: Outcome, waits: boolean): Promise<void> | undefined => {
    const meaning = durableOutcome(invocation.lambdaEvent, outcome);
    invocation.end(meaning ?? outcome);
    early.stop();
    parts.onSettled();
    // A correction: the sentinel was told that nothing more would come.
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
      // A report that has left before that may have been wrong.
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
