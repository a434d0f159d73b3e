import type { LocalPlatform } from '../../src/local/server/local-platform.ts';
import type { AgentRun } from './run-agents.ts';

/** What the task history does not show as it should; empty when all is well. */
export function checkHistory(
  tasks: ReturnType<LocalPlatform['tasks']>,
  runs: readonly AgentRun[],
): string[] {
  const last = new Map(runs.map((run) => [run.requestId, run]));
  return [...last.values()].flatMap(({ title, requestId, expected }) => {
    const found = tasks.filter(({ id }) => id === requestId);
    const [task] = found;
    if (task === undefined || found.length > 1) {
      return [`${title}: there are ${found.length} tasks with its id, not one.`];
    }
    if (task.status !== expected.status || !expected.result.test(task.result ?? '')) {
      return [`${title}: the task is ${task.status} with the result ${task.result}.`];
    }
    return [];
  });
}
