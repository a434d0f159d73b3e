/** Checks whether a later attempt of the same task has ended, so that its record must stay. */
import { monotonicMs, wallClockMs } from '../../base/clock.ts';
import type { Connection } from '../../config/platform-configuration.ts';
import { ApiError } from '../../errors.ts';
import { type CallOptions, callDatedApi } from '../../platform/api-call.ts';
import { readTask, type Task } from '../../platform/task.ts';

/** An attempt of a task that is not reported yet. */
export interface UnreportedAttempt {
  readonly agentId: string;
  readonly id: string;
  readonly isSuccess: boolean;
  /** When it ended, in epoch milliseconds on this machine's clock; undefined if unknown. */
  readonly endedAt?: number | undefined;
  /** The same time on the monotonic clock, which all processes of an environment share. */
  readonly endedMonotonicMs?: number | undefined;
}

/** The times of a request and its response, in epoch milliseconds unless noted. */
interface AnswerTime {
  readonly askedAt: number;
  readonly answeredAt: number;
  /** Milliseconds on the monotonic clock. */
  readonly answeredMonotonicMs: number;
  /** The response's `Date` header, which is truncated to the second; NaN without one. */
  readonly date: number;
}

/** Marks the report of a task that is still running shortly before its timeout. */
export const stillRunning = 'timed out: still running';

const finalStatuses: ReadonlySet<unknown> = new Set(['completed', 'failed', 'error', 'stopped']);

/**
 * Whether a record belongs to a task that has ended. The platform has no running status for
 * external tasks: the report of a start is a completed record without duration and result.
 */
export function isFinished(task: Pick<Task, 'status' | 'duration' | 'result'>): boolean {
  if (!finalStatuses.has(task.status)) return false;
  return task.status !== 'completed' || Boolean(task.duration) || Boolean(task.result);
}

/**
 * Asks the platform whether its record of a task belongs to a later attempt.
 *
 * @throws ApiError if the platform refuses, ConnectionError if no response comes
 */
export async function isSuperseded(
  connection: Connection,
  attempt: UnreportedAttempt,
  options: CallOptions = {},
): Promise<boolean> {
  const path = `/agent-execution/${encodeURIComponent(attempt.id)}/status`;
  try {
    const askedAt = wallClockMs();
    const call = { method: 'GET', path, read: readTask } as const;
    const { value: task, date } = await callDatedApi(connection, call, options);
    const time = {
      askedAt,
      answeredAt: wallClockMs(),
      answeredMonotonicMs: monotonicMs(),
      date: Date.parse(date ?? ''),
    };
    // The path contains no agent, and an id that a user chose may belong to another agent's task.
    return task.agentId === attempt.agentId && stands(task, attempt, time);
  } catch (error) {
    if (error instanceof ApiError && error.statusCode === 404) return false;
    throw error;
  }
}

/** Whether a record must stay instead of being replaced by the report of an attempt. */
export function stands(
  task: Pick<Task, 'status' | 'duration' | 'result' | 'finishedAt'>,
  attempt: Omit<UnreportedAttempt, 'agentId' | 'id'>,
  time: AnswerTime,
): boolean {
  if (!isFinished(task)) return false;
  // A near-timeout report is not an end. Most likely this attempt sent it and responded later.
  if (attempt.isSuccess && task.result?.includes(stillRunning)) return false;
  const recordAgeMs = time.answeredAt + aheadMs(time) - readTime(task.finishedAt);
  const ages = attemptAgesMs(attempt, time);
  if (recordAgeMs < Math.min(...ages)) return true;
  if (recordAgeMs >= Math.max(...ages)) return false;
  // Without a usable time, or if the clocks disagree, only the report of a success replaces the
  // record, because Lambda retries failures.
  return !attempt.isSuccess;
}

/**
 * How long ago the attempt ended, on each clock. The monotonic clock may stop while the environment
 * is frozen, and the wall clock may be set.
 */
function attemptAgesMs(
  { endedAt = Number.NaN, endedMonotonicMs }: Omit<UnreportedAttempt, 'agentId' | 'id'>,
  { answeredAt, answeredMonotonicMs }: AnswerTime,
): readonly number[] {
  const ageMs = Math.max(0, answeredAt - endedAt);
  return endedMonotonicMs === undefined ? [ageMs] : [ageMs, answeredMonotonicMs - endedMonotonicMs];
}

/** @returns epoch milliseconds, NaN without a usable time. A time without a zone is UTC. */
function readTime(text: string | null | undefined): number {
  if (!text) return Number.NaN;
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
}

/**
 * How far the platform's clock is ahead of ours. Its time is known only to the second, so this is
 * the smallest possible difference, which is 0 for two correct clocks.
 */
function aheadMs({ askedAt, answeredAt, date }: AnswerTime): number {
  const least = date - answeredAt;
  const most = date + 1_000 - askedAt;
  return Math.min(Math.max(0, least), most);
}
