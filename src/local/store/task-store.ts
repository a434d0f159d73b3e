import { randomUUID } from 'node:crypto';
import type { FilterChoices, Metrics, TaskDetail } from '../wire/page-data.ts';
import type { AcceptedReport, TaskStatus } from '../wire/report-schemas.ts';
import { openDatabase } from './database.ts';
import { withTransaction } from './database-transaction.ts';
import { openFilterChoices } from './filter-choices.ts';
import { indexEntry } from './index-entry.ts';
import { createRetention } from './retention.ts';
import type { StoredRequest } from './stored-request.ts';
import {
  type ReportedTask,
  reportedTask,
  type StoredAgent,
  type StoredTask,
  savedTask,
  storedAgent,
  storedTask,
  taskColumns,
} from './stored-task.ts';
import { startBackfill } from './task-backfill.ts';
import { createTaskIndex } from './task-index.ts';
import { openTaskList, type PositionedRow, type TaskList } from './task-list.ts';
import { type MetricsQuery, openMetrics } from './task-metrics.ts';
import { openTaskVersions } from './task-versions.ts';

/** A saved task and its row in the list. */
export interface SavedTask extends PositionedRow {
  readonly task: StoredTask;
}

/** Reads the data of the page. */
export interface PageReader {
  readonly list: TaskList;
  /** A task with all its versions; undefined if it does not exist. */
  detail(agentId: string, id: string): TaskDetail | undefined;
  filters(): FilterChoices;
  metrics(query: MetricsQuery): Promise<Metrics>;
}

/** Tasks and agents in SQLite. Lists of tasks are sorted by the last update, newest first. */
export interface TaskStore {
  /**
   * Adds or replaces an agent's task, which is on disk when `save` returns. The replaced report becomes
   * an earlier version.
   */
  save(agentId: string, report: AcceptedReport, request: StoredRequest): SavedTask;
  /** The most recently updated task with this id, of any agent. */
  findTask(id: string): StoredTask | undefined;
  tasksOfAgent(agentId: string, status?: TaskStatus): StoredTask[];
  /** Tasks with the bodies of their reports; of all agents if `agentId` is undefined. */
  reportedTasks(agentId?: string): ReportedTask[];
  /** The task with this id; of any agent if `agentId` is undefined. */
  findReported(id: string, agentId?: string): ReportedTask | undefined;
  readonly page: PageReader;
  addAgent(id: string): void;
  findAgent(id: string): StoredAgent | undefined;
  agents(): StoredAgent[];
  close(): void;
}

export const defaultMaxTasks: number = 100_000;

/**
 * Opens the task store in `file`; `:memory:` keeps it in memory.
 *
 * @param maxTasks - maximum number of tasks; the oldest are removed first
 * @throws {ConfigurationError} if the file cannot be used
 */
export function openTaskStore(file: string, maxTasks: number = defaultMaxTasks): TaskStore {
  const database = openDatabase(file);
  const index = createTaskIndex(database);
  const versions = openTaskVersions(database);
  const applyRetention = createRetention(database, maxTasks, index, versions);
  const list = openTaskList(database);
  const stopBackfill = startBackfill(database, index);
  const insertAgent = database.prepare(
    'INSERT INTO agents (id, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  const upsertTask = database.prepare(
    `INSERT INTO tasks (agent_id, id, status, input, result, tokens, used_tools, duration_seconds,
       created_at, updated_at, report, report_count, update_order)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, (SELECT ifnull(max(update_order), 0) + 1 FROM tasks))
     ON CONFLICT (agent_id, id) DO UPDATE SET
       status = excluded.status, input = excluded.input, result = excluded.result,
       tokens = excluded.tokens, used_tools = excluded.used_tools,
       duration_seconds = excluded.duration_seconds, updated_at = excluded.updated_at,
       report = excluded.report, report_count = report_count + 1,
       update_order = excluded.update_order
     RETURNING ${taskColumns}, update_order`,
  );
  const positionOf = database.prepare(
    'SELECT update_order FROM tasks WHERE agent_id = ? AND id = ?',
  );
  const select = (from: string, more = '') =>
    database.prepare(`SELECT ${taskColumns}${more} FROM tasks ${from}`);
  const taskById = select('WHERE id = ? ORDER BY update_order DESC LIMIT 1');
  const ofAgent = select('WHERE agent_id = ? ORDER BY update_order DESC');
  const ofAgentInStatus = select('WHERE agent_id = ? AND status = ? ORDER BY update_order DESC');
  const reports = select('ORDER BY update_order DESC', ', report');
  const reportsOfAgent = select('WHERE agent_id = ? ORDER BY update_order DESC', ', report');
  const reportById = select('WHERE id = ? ORDER BY update_order DESC LIMIT 1', ', report');
  const reportOfAgent = select('WHERE agent_id = ? AND id = ?', ', report');
  const agentById = database.prepare('SELECT * FROM agents WHERE id = ?');
  const allAgents = database.prepare('SELECT * FROM agents ORDER BY rowid');

  return {
    save(agentId, report, request) {
      const now = new Date().toISOString();
      const id = report.id ?? randomUUID();
      const entry = indexEntry(id, report);
      return withTransaction(database, () => {
        insertAgent.run(agentId, now);
        const replaced = positionOf.get(agentId, id)?.['update_order'];
        if (replaced !== undefined) {
          versions.archiveLatest(agentId, id);
          index.remove(Number(replaced));
        }
        const row = upsertTask.get(
          agentId,
          id,
          report.status,
          report.input,
          report.result,
          report.tokens && JSON.stringify(report.tokens),
          JSON.stringify(report.usedTools),
          report.durationSeconds,
          now,
          now,
          report.body,
        );
        const { position, task } = savedTask.parse(row);
        versions.saveRequest(position, request);
        const listRow = index.add(position, task, entry);
        if (replaced === undefined) applyRetention();
        return { position, task, row: listRow };
      });
    },
    findTask: (id) => storedTask.optional().parse(taskById.get(id)),
    tasksOfAgent: (agentId, status) =>
      storedTask
        .array()
        .parse(status === undefined ? ofAgent.all(agentId) : ofAgentInStatus.all(agentId, status)),
    reportedTasks: (agentId) =>
      reportedTask
        .array()
        .parse(agentId === undefined ? reports.all() : reportsOfAgent.all(agentId)),
    findReported: (id, agentId) =>
      reportedTask
        .optional()
        .parse(agentId === undefined ? reportById.get(id) : reportOfAgent.get(agentId, id)),
    page: {
      list,
      detail(agentId, id) {
        const position = positionOf.get(agentId, id)?.['update_order'];
        const task = position === undefined ? undefined : list.row(Number(position));
        if (task === undefined) return undefined;
        const stored = versions.list(agentId, id);
        return { task, versions: stored, versionsDropped: task.reportCount - stored.length };
      },
      filters: openFilterChoices(database),
      metrics: openMetrics(database),
    },
    addAgent(id) {
      insertAgent.run(id, new Date().toISOString());
    },
    findAgent: (id) => storedAgent.optional().parse(agentById.get(id)),
    agents: () => storedAgent.array().parse(allAgents.all()),
    close() {
      stopBackfill();
      database.close();
    },
  };
}
