/**
 * What is true of each task, from two witnesses: what the caller got, and what the handler wrote
 * down itself. Nothing here knows how reports are made.
 */

import { performance } from 'node:perf_hooks';
import type { Status } from './account.ts';
import type { Attempt } from './run-plan.ts';

export interface Truth {
  readonly id: string;
  readonly attempts: readonly Attempt[];
  /** What the record may say in the end; empty where the handler was never called. */
  readonly statuses: readonly Status[];
  /** Whether somebody could report it: its handler was called. */
  readonly isBegun: boolean;
}

/** @param ambiguousMs - a response and a timeout that are so close together are the same moment */
export function truthsOf(attempts: readonly Attempt[], times: TruthTimes): Map<string, Truth> {
  const truths = new Map<string, Truth>();
  for (const [id, ofId] of Map.groupBy(attempts, ({ step }) => step.requestId)) {
    const last = ofId.findLastIndex(({ notes }) => notes.length > 0);
    const statuses = last === -1 ? [] : statusesOf(ofId[last]!, times);
    // Of a later attempt whose handler was never called only the sentinel can know.
    const isFailedLater = ofId.slice(last + 1).length > 0;
    truths.set(id, {
      id,
      attempts: ofId,
      statuses: isFailedLater ? [...new Set([...statuses, 'failed' as const])] : statuses,
      isBegun: last !== -1,
    });
  }
  return truths;
}

export interface TruthTimes {
  readonly timeoutMs: number;
  readonly ambiguousMs: number;
}

function statusesOf({ result, step, fromMs, notes }: Attempt, times: TruthTimes): Status[] {
  if (result.kind === 'response') {
    const isFailure = step.event.way === 'refuses' || result.streamError !== undefined;
    return isFailure ? ['failed'] : ['completed'];
  }
  const answered = notes.find(({ what }) => what === 'answers');
  // The handler had ended, and its response was on its way as the time was over: both are true.
  const isSameMoment =
    result.kind === 'timeout' &&
    answered !== undefined &&
    leftMsAt(answered.atMs, fromMs, times.timeoutMs) < times.ambiguousMs;
  return isSameMoment ? ['completed', 'failed'] : ['failed'];
}

/** How long before its deadline an attempt was at a moment of its notes. */
export function leftMsAt(atMs: number, fromMs: number, timeoutMs: number): number {
  return fromMs + timeoutMs - (atMs - performance.timeOrigin);
}
