/** The tasks of one agent or of all of them, the last updated first. */
import { XpanderError } from '../../errors.ts';
import { Agents } from '../../platform/agents.ts';
import type { TaskListItem } from '../../platform/task.ts';
import { Tasks } from '../../platform/tasks.ts';
import type { PlatformAccess } from '../shared/platform-access.ts';
import { timeOf } from './task-columns.ts';

/** What could be read. */
export interface NewestTasks {
  readonly tasks: readonly TaskListItem[];
  /** Agents whose tasks could not be read. */
  readonly failures: readonly { readonly agentId: string; readonly error: XpanderError }[];
}

// Quick for a dozen agents, and no burst for a hundred.
const atOnce = 4;

/** @throws XpanderError when nothing could be read */
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
  const waiting = await platform.call((signal) => agents.list({ signal }));
  const found: TaskListItem[] = [];
  const failures: NewestTasks['failures'][number][] = [];
  const total = waiting.length;
  await Promise.all(
    Array.from({ length: Math.min(atOnce, total) }, async () => {
      for (let agent = waiting.shift(); agent !== undefined; agent = waiting.shift()) {
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
  return (timeOf(other) ?? 0) - (timeOf(one) ?? 0);
}
