/** Lists the tasks of one agent or of all agents, most recently updated first. */
import { XpanderError } from '../../errors.ts';
import { Agents } from '../../platform/agents.ts';
import type { TaskListItem } from '../../platform/task.ts';
import { Tasks } from '../../platform/tasks.ts';
import type { PlatformAccess } from '../shared/platform-access.ts';
import { lastReportTime } from './task-columns.ts';

export interface NewestTasks {
  readonly tasks: readonly TaskListItem[];
  /** Agents whose tasks could not be listed. */
  readonly failures: readonly { readonly agentId: string; readonly error: XpanderError }[];
}

// Fast for a dozen agents, without a burst for a hundred.
const maxConcurrency = 4;

/** @throws XpanderError if no tasks could be listed */
export async function newestTasks(
  platform: PlatformAccess,
  agentId: string | undefined,
  status: string | undefined,
): Promise<NewestTasks> {
  const tasks = new Tasks(platform.configuration);
  const list = (id: string): Promise<TaskListItem[]> =>
    platform.call((signal) => tasks.list(id, { status }, { signal }));
  if (agentId !== undefined)
    return { tasks: (await list(agentId)).sort(newestFirst), failures: [] };

  const agents = new Agents(platform.configuration);
  const queue = await platform.call((signal) => agents.list({ signal }));
  const found: TaskListItem[] = [];
  const failures: NewestTasks['failures'][number][] = [];
  const total = queue.length;
  await Promise.all(
    Array.from({ length: Math.min(maxConcurrency, total) }, async () => {
      for (let agent = queue.shift(); agent !== undefined; agent = queue.shift()) {
        try {
          found.push(...(await list(agent.id)));
        } catch (error) {
          if (!(error instanceof XpanderError)) throw error;
          failures.push({ agentId: agent.id, error });
        }
      }
    }),
  );
  if (failures[0] !== undefined && failures.length === total) throw failures[0].error;
  return { tasks: found.sort(newestFirst), failures };
}

function newestFirst(one: TaskListItem, other: TaskListItem): number {
  return (lastReportTime(other) ?? 0) - (lastReportTime(one) ?? 0);
}
