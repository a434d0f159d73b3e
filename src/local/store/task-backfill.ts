import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { parseReport } from '../wire/report-schemas.ts';
import { inTransaction } from './database-transaction.ts';
import { indexEntry } from './index-entry.ts';
import type { TaskIndex } from './task-index.ts';

// Some twenty milliseconds of work, which a report that comes meanwhile waits for.
const sliceTasks = 300;
const pauseMs = 2;
// Another process may hold the file, or the disk may be full for now.
const retryMs = 1000;

/**
 * Indexes the tasks of a file that was written before there was an index, newest first, while the
 * platform runs. It goes on where an earlier process has stopped.
 *
 * @returns ends it
 */
export function startBackfill(database: DatabaseSync, index: TaskIndex): () => void {
  const counter = database.prepare("SELECT value FROM counters WHERE name = 'not indexed below'");
  const advance = database.prepare(
    "UPDATE counters SET value = ? WHERE name = 'not indexed below'",
  );
  const tasks = database.prepare(
    `SELECT update_order, agent_id, id, created_at, updated_at, report_count, report
     FROM tasks WHERE update_order < ? ORDER BY update_order DESC LIMIT ${sliceTasks}`,
  );

  /** Whether something is left. */
  function indexSlice(): boolean {
    const below = Number(counter.get()?.['value']);
    // Read again in the transaction: another process may be indexing, too.
    return below > 1 && inTransaction(database, () => indexBelow(Number(counter.get()?.['value'])));
  }

  function indexBelow(limit: number): boolean {
    const rows = oldTask.array().parse(tasks.all(limit));
    // Pages of the file fill well in ascending order alone.
    for (const { update_order: position, report: body, ...row } of rows.toReversed()) {
      const report = parseReport(body, 'application/json');
      if (report.kind === 'refused') continue;
      const task = {
        agentId: row.agent_id,
        id: row.id,
        createdAt: row.created_at,
        updatedAt: row.updated_at,
        reportCount: row.report_count,
      };
      index.add(position, task, indexEntry(row.id, report.value));
    }
    const last = rows.at(-1);
    advance.run(last?.update_order ?? 0);
    return last !== undefined;
  }

  let timer: NodeJS.Timeout | undefined;
  function work(): void {
    let nextMs: number | undefined;
    try {
      nextMs = indexSlice() ? pauseMs : undefined;
    } catch {
      nextMs = retryMs;
    }
    if (nextMs !== undefined) timer = setTimeout(work, nextMs).unref();
  }

  work();
  return () => clearTimeout(timer);
}

const oldTask = z.object({
  update_order: z.number(),
  agent_id: z.string(),
  id: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  report_count: z.number(),
  report: z.string(),
});
