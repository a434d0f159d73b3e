/** Whether another attempt of the same run has ended later, so that its record has to stand. */
import { monotonicMs, wallClockMs } from '../../base/clock.ts';
import type { Connection } from '../../config/platform-configuration.ts';
import { ApiError } from '../../errors.ts';
import { type CallOptions, callDatedApi } from '../../platform/api-call.ts';
import { readTask, type Task } from '../../platform/task.ts';

/** An attempt that is not reported yet. */
export interface UnreportedAttempt {
  readonly agentId: string;
  readonly id: string;
  readonly isSuccess: boolean;
  /** When it ended, in epoch milliseconds of this machine; undefined if nobody knows. */
  readonly endedAt?: number | undefined;
  /** The same on the monotonic clock, which all processes of an environment share. */
  readonly endedMonotonicMs?: number | undefined;
}

/** When a request was answered, on both clocks, in epoch milliseconds. */
interface AnswerTime {
  readonly askedAt: number;
  readonly answeredAt: number;
  /** On the monotonic clock. */
  readonly answeredMonotonicMs: number;
  /** On the platform's clock, cut to the second; NaN if it did not say. */
  readonly date: number;
}

/** How the report of a run begins that goes on shortly before its timeout. */
export const stillRunning = 'timed out: still running';

const finalStatuses: ReadonlySet<unknown> = new Set(['completed', 'failed', 'error', 'stopped']);

/**
 * Whether a record stands for a run that has ended. The platform knows no running state for
 * external tasks: the report of a start is a completed record without duration and result.
 */
export function isFinished(task: Pick<Task, 'status' | 'duration' | 'result'>): boolean {
  if (!finalStatuses.has(task.status)) return false;
  return task.status !== 'completed' || Boolean(task.duration) || Boolean(task.result);
}

/**
 * Asks the platform whether its record of a run is that of a later attempt.
 *
 * @throws ApiError when the platform refuses, ConnectionError when no answer comes
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
    // The path names no agent, and ids that users choose may be those of another agent's runs.
    return task.agentId === attempt.agentId && stands(task, attempt, time);
  } catch (error) {
    if (error instanceof ApiError && error.statusCode === 404) return false;
    throw error;
  }
}

/** Whether a record has to stay instead of being replaced by the report of an attempt. */
export function stands(
  task: Pick<Task, 'status' | 'duration' | 'result' | 'finishedAt'>,
  attempt: Omit<UnreportedAttempt, 'agentId' | 'id'>,
  time: AnswerTime,
): boolean {
  if (!isFinished(task)) return false;
  // Not an end: most likely this attempt's own, which responded after all.
  if (attempt.isSuccess && task.result?.includes(stillRunning)) return false;
  const recordAgeMs = time.answeredAt + aheadMs(time) - readTime(task.finishedAt);
  const ages = attemptAgesMs(attempt, time);
  if (recordAgeMs < Math.min(...ages)) return true;
  if (recordAgeMs >= Math.max(...ages)) return false;
  // There is no usable time, or the clocks disagree. Lambda repeats failures.
  return !attempt.isSuccess;
}

/**
 * How long ago it ended, on each clock: one may stand still while the environment is frozen, and the
 * other may be set.
 */
function attemptAgesMs(
  { endedAt = Number.NaN, endedMonotonicMs }: Omit<UnreportedAttempt, 'agentId' | 'id'>,
  { answeredAt, answeredMonotonicMs }: AnswerTime,
): readonly number[] {
  const ageMs = Math.max(0, answeredAt - endedAt);
  return endedMonotonicMs === undefined ? [ageMs] : [ageMs, answeredMonotonicMs - endedMonotonicMs];
}

/** @returns epoch milliseconds, NaN without a usable time. Without a zone a time is UTC. */
function readTime(text: string | null | undefined): number {
  if (!text) return Number.NaN;
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
}

/**
 * How far the platform's clock is ahead of ours. As its second is known and not the millisecond,
 * it is the smallest difference that is possible: two clocks that are right differ by nothing.
 */
function aheadMs({ askedAt, answeredAt, date }: AnswerTime): number {
  const least = date - answeredAt;
  const most = date + 1_000 - askedAt;
  return Math.min(Math.max(0, least), most);
}
