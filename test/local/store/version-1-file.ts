/** Writes a task database of the first release, which has no tables for the page. */
import { DatabaseSync } from 'node:sqlite';

export interface Version1Task {
  readonly agentId: string;
  readonly id: string;
  readonly reportCount: number;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly report: Readonly<Record<string, unknown>>;
}

/** @param tasks - in the order of their updates */
export function writeVersion1File(file: string, tasks: Iterable<Version1Task>): void {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = WAL;
    BEGIN;
    CREATE TABLE agents (
      id TEXT PRIMARY KEY,
      created_at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE tasks (
      agent_id TEXT NOT NULL REFERENCES agents (id),
      id TEXT NOT NULL,
      update_order INTEGER NOT NULL UNIQUE,
      report_count INTEGER NOT NULL,
      status TEXT NOT NULL,
      created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL,
      duration_seconds REAL NOT NULL,
      tokens TEXT,
      used_tools TEXT NOT NULL,
      input TEXT,
      result TEXT,
      report TEXT NOT NULL,
      PRIMARY KEY (agent_id, id)
    ) STRICT;
    CREATE INDEX tasks_of_agent ON tasks (agent_id, update_order DESC);
    CREATE INDEX tasks_by_id ON tasks (id, update_order DESC);
    PRAGMA application_id = ${0x7870_6c61};
    PRAGMA user_version = 1;`);
  const agent = database.prepare('INSERT INTO agents VALUES (?, ?) ON CONFLICT DO NOTHING');
  const task = database.prepare('INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  let order = 0;
  for (const { agentId, id, reportCount, createdAt, updatedAt, report } of tasks) {
    order += 1;
    agent.run(agentId, createdAt);
    task.run(
      agentId,
      id,
      order,
      reportCount,
      report['is_success'] === false ? 'failed' : 'completed',
      createdAt,
      updatedAt,
      Number(report['duration'] ?? 0),
      report['tokens'] === undefined ? null : JSON.stringify(report['tokens']),
      JSON.stringify(report['used_tools'] ?? []),
      text(report['input']),
      text(report['result']),
      JSON.stringify(report),
    );
  }
  database.exec('COMMIT');
  database.close();
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
