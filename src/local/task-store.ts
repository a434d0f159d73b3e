import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { openDatabase } from './database.ts';
import {
  type AcceptedReport,
  type TaskStatus,
  taskStatus,
  type WireTokens,
  wireTokens,
} from './wire-schemas.ts';

/** A task as the local platform keeps it: the last report under its id. */
export interface StoredTask {
  readonly agentId: string;
  /** Unique per agent. */
  readonly id: string;
  readonly status: TaskStatus;
  readonly input: string | null;
  readonly result: string | null;
  readonly tokens: WireTokens | null;
  readonly usedTools: readonly string[];
  readonly durationSeconds: number;
  /** When the first report came, ISO 8601. */
  readonly createdAt: string;
  /** When the last report came, ISO 8601. */
  readonly updatedAt: string;
  /** How many reports came under this id. */
  readonly reportCount: number;
}

/** A task together with the body of its last report. */
export interface ReportedTask extends StoredTask {
  /** The JSON that was sent, unknown fields and `llm_response` included. */
  readonly report: unknown;
}

/** An agent: it comes into being with its first report, or by configuration. */
export interface StoredAgent {
  readonly id: string;
  readonly createdAt: string;
}

/** Tasks and agents in SQLite. What `save` returned is on disk. Lists of tasks: last updated first. */
export interface TaskStore {
  /** Replaces the task with this id of this agent, or adds it. */
  save(agentId: string, report: AcceptedReport): StoredTask;
  /** The task with this id that was updated last, of whatever agent. */
  findTask(id: string): StoredTask | undefined;
  tasksOfAgent(agentId: string, status?: TaskStatus): StoredTask[];
  newestTasks(limit: number): StoredTask[];
  /** With the bodies of the reports; of all agents without `agentId`. */
  reportedTasks(agentId?: string): ReportedTask[];
  addAgent(id: string): void;
  findAgent(id: string): StoredAgent | undefined;
  agents(): StoredAgent[];
  close(): void;
}

const columns = `agent_id, id, status, input, result, tokens, used_tools, duration_seconds,
  created_at, updated_at, report_count`;

/**
 * Opens the task store in `file`; `:memory:` keeps it in memory.
 *
 * @throws {ConfigurationError} when the file cannot be used.
 */
export function openTaskStore(file: string): TaskStore {
  const database = openDatabase(file);
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
     RETURNING ${columns}`,
  );
  const select = (from: string, more = '') =>
    database.prepare(`SELECT ${columns}${more} FROM tasks ${from}`);
  const taskById = select('WHERE id = ? ORDER BY update_order DESC LIMIT 1');
  const ofAgent = select('WHERE agent_id = ? ORDER BY update_order DESC');
  const ofAgentInStatus = select('WHERE agent_id = ? AND status = ? ORDER BY update_order DESC');
  const newest = select('ORDER BY update_order DESC LIMIT ?');
  const reports = select('ORDER BY update_order DESC', ', report');
  const reportsOfAgent = select('WHERE agent_id = ? ORDER BY update_order DESC', ', report');
  const agentById = database.prepare('SELECT * FROM agents WHERE id = ?');
  const allAgents = database.prepare('SELECT * FROM agents ORDER BY rowid');

  return {
    save(agentId, report) {
      const now = new Date().toISOString();
      return inTransaction(database, () => {
        insertAgent.run(agentId, now);
        const row = upsertTask.get(
          agentId,
          report.id ?? randomUUID(),
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
        return storedTask.parse(row);
      });
    },
    findTask: (id) => storedTask.optional().parse(taskById.get(id)),
    tasksOfAgent: (agentId, status) =>
      storedTask
        .array()
        .parse(status === undefined ? ofAgent.all(agentId) : ofAgentInStatus.all(agentId, status)),
    newestTasks: (limit) => storedTask.array().parse(newest.all(limit)),
    reportedTasks: (agentId) =>
      reportedTask
        .array()
        .parse(agentId === undefined ? reports.all() : reportsOfAgent.all(agentId)),
    addAgent(id) {
      insertAgent.run(id, new Date().toISOString());
    },
    findAgent: (id) => storedAgent.optional().parse(agentById.get(id)),
    agents: () => storedAgent.array().parse(allAgents.all()),
    // SQLite writes its log into the file when the last connection closes.
    close: () => database.close(),
  };
}

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    database.exec('COMMIT');
    return value;
  } catch (error) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full.
    }
    throw error;
  }
}

const json = z.string().transform((text): unknown => JSON.parse(text));

const taskRow = z.object({
  agent_id: z.string(),
  id: z.string(),
  status: taskStatus,
  input: z.string().nullable(),
  result: z.string().nullable(),
  tokens: json.pipe(wireTokens).nullable(),
  used_tools: json.pipe(z.array(z.string())),
  duration_seconds: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
  report_count: z.number(),
});

const storedTask = taskRow.transform(toStoredTask);

const reportedTask = taskRow
  .extend({ report: json })
  .transform((row): ReportedTask => ({ ...toStoredTask(row), report: row.report }));

const storedAgent = z
  .object({ id: z.string(), created_at: z.string() })
  .transform((row): StoredAgent => ({ id: row.id, createdAt: row.created_at }));

function toStoredTask(row: z.infer<typeof taskRow>): StoredTask {
  return {
    agentId: row.agent_id,
    id: row.id,
    status: row.status,
    input: row.input,
    result: row.result,
    tokens: row.tokens,
    usedTools: row.used_tools,
    durationSeconds: row.duration_seconds,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    reportCount: row.report_count,
  };
}
