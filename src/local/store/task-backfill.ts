import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { parseReport } from '../wire/report-schemas.ts';
import { withTransaction } from './database-transaction.ts';
import { indexEntry } from './index-entry.ts';
import type { TaskIndex } from './task-index.ts';

// About 20 ms of work, which can delay a report.
const batchSize = 300;
const pauseMs = 2;
// Used after an error, such as a lock of another process or a full disk.
const retryMs = 1000;

/**
 * Indexes the tasks of a file from before the index existed, newest first, while the platform runs.
 * Continues where an earlier process stopped.
 *
 * @returns a function that stops the backfill
 */
export function startBackfill(database: DatabaseSync, index: TaskIndex): () => void {
  const counter = database.prepare("SELECT value FROM counters WHERE name = 'not indexed below'");
  const advance = database.prepare(
    "UPDATE counters SET value = ? WHERE name = 'not indexed below'",
  );
  const tasks = database.prepare(
    `SELECT update_order, agent_id, id, created_at, updated_at, report_count, report
     FROM tasks WHERE update_order < ? ORDER BY update_order DESC LIMIT ${batchSize}`,
  );

  /** Whether tasks remain. */
  function indexBatch(): boolean {
    const below = Number(counter.get()?.['value']);
    // Read again in the transaction because another process may be indexing too.
    return (
      below > 1 && withTransaction(database, () => indexBelow(Number(counter.get()?.['value'])))
    );
  }

  function indexBelow(limit: number): boolean {
    const rows = oldTask.array().parse(tasks.all(limit));
    // Inserting in ascending order fills the database pages better.
    for (const { update_order: position, report: body, ...row } of rows.toReversed()) {
      const report = parseReport(body, 'application/json');
      if (report.kind === 'rejected') continue;
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
      nextMs = indexBatch() ? pauseMs : undefined;
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
