import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { TaskIndex } from './task-index.ts';
import type { TaskVersions } from './task-versions.ts';

// A file far above its limit shrinks gradually, so that no single report is delayed.
const maxRemovedAtOnce = 20;

/** Returns a function to call for each added task, which removes the oldest tasks beyond `maxTasks`. */
export function createRetention(
  database: DatabaseSync,
  maxTasks: number,
  index: TaskIndex,
  versions: TaskVersions,
): () => void {
  const addToCount = database.prepare(
    "UPDATE counters SET value = value + ? WHERE name = 'tasks' RETURNING value",
  );
  const addToDropped = database.prepare(
    "UPDATE counters SET value = value + ? WHERE name = 'tasks dropped'",
  );
  const oldest = database.prepare(
    'SELECT update_order, agent_id, id FROM tasks ORDER BY update_order LIMIT ?',
  );
  const remove = database.prepare('DELETE FROM tasks WHERE agent_id = ? AND id = ?');
  const keys = z.array(
    z.object({ update_order: z.number(), agent_id: z.string(), id: z.string() }),
  );

  return () => {
    const surplus = Number(addToCount.get(1)?.['value']) - maxTasks;
    if (surplus <= 0) return;
    const dropped = keys.parse(oldest.all(Math.min(surplus, maxRemovedAtOnce)));
    for (const { update_order: position, agent_id: agentId, id } of dropped) {
      index.remove(position);
      versions.removeAll(agentId, id);
      remove.run(agentId, id);
    }
    addToCount.get(-dropped.length);
    addToDropped.run(dropped.length);
  };
}
