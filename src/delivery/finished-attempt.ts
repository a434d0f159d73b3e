/** Whether an attempt of the same run has ended meanwhile: a failure must not replace its record. */
import { ApiError } from '../errors.ts';
import { type CallOptions, callApi } from '../platform/api-call.ts';
import type { Connection } from '../platform/configuration.ts';
import { readTask, type Task } from '../platform/task.ts';

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
 * Asks the platform whether it has a finished record of a run.
 *
 * @throws ApiError when the platform refuses, ConnectionError when no answer comes
 */
export async function hasFinishedAttempt(
  connection: Connection,
  run: { readonly agentId: string; readonly id: string },
  options: CallOptions = {},
): Promise<boolean> {
  const path = `/agent-execution/${encodeURIComponent(run.id)}/status`;
  try {
    const task = readTask(await callApi(connection, 'GET', path, undefined, options));
    // The path names no agent, and ids that users choose may be those of another agent's runs.
    return task.agentId === run.agentId && isFinished(task);
  } catch (error) {
    if (error instanceof ApiError && error.statusCode === 404) return false;
    throw error;
  }
}
