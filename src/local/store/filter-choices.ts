import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { FilterChoices } from '../wire/page-data.ts';

// Longer lists are not useful for choosing.
const maxChoices = 1000;

/** Reads the agents and tools to choose from. */
export function openFilterChoices(database: DatabaseSync): () => FilterChoices {
  const agents = database.prepare(`SELECT id AS name FROM agents ORDER BY id LIMIT ${maxChoices}`);
  // Skips from name to name instead of reading each use.
  const tools = database.prepare(
    `WITH RECURSIVE names (name) AS (
       SELECT min(tool) FROM task_tools
       UNION ALL
       SELECT (SELECT min(tool) FROM task_tools WHERE tool > name) FROM names
       WHERE name IS NOT NULL
       LIMIT ${maxChoices + 1})
     SELECT name FROM names WHERE name IS NOT NULL`,
  );
  const counters = database.prepare(
    `SELECT (SELECT value FROM counters WHERE name = 'tasks') AS tasks,
            (SELECT value FROM counters WHERE name = 'tasks dropped') AS tasksDropped`,
  );
  const names = z.array(z.object({ name: z.string() }).transform(({ name }) => name));
  const counts = z.object({ tasks: z.number(), tasksDropped: z.number() });

  return () => ({
    agents: names.parse(agents.all()),
    tools: names.parse(tools.all()),
    ...counts.parse(counters.get()),
  });
}
