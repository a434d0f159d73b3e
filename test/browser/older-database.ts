/** Writes task databases of the first version quickly and with any timestamps. */
import { DatabaseSync } from 'node:sqlite';
import { openTaskStore } from '../../src/local/store/task-store.ts';

export interface OldTask {
  readonly agentId: string;
  readonly id: string;
  readonly ageSeconds: number;
  /** JSON. */
  readonly report: string;
}

const schema = `
  PRAGMA synchronous = OFF;
  PRAGMA application_id = ${0x7870_6c61};
  PRAGMA user_version = 1;
  CREATE TABLE agents (id TEXT PRIMARY KEY, created_at TEXT NOT NULL) STRICT;
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
  CREATE INDEX tasks_by_id ON tasks (id, update_order DESC);`;

/** Writes a database with these tasks, oldest first, and migrates it to the current version. */
export function writeOlderDatabase(file: string, tasks: Iterable<OldTask>): void {
  const database = new DatabaseSync(file);
  database.exec(schema);
  const addAgent = database.prepare('INSERT INTO agents VALUES (?, ?) ON CONFLICT DO NOTHING');
  const addTask = database.prepare(
    'INSERT INTO tasks VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const nowMs = Date.now();
  let position = 0;
  database.exec('BEGIN');
  for (const { agentId, id, ageSeconds, report } of tasks) {
    const at = new Date(nowMs - ageSeconds * 1000).toISOString();
    const fields = JSON.parse(report);
    position += 1;
    addAgent.run(agentId, at);
    addTask.run(
      agentId,
      id,
      position,
      fields.is_success === false ? 'failed' : 'completed',
      at,
      at,
      fields.duration ?? 0,
      wireTokens(fields.tokens),
      JSON.stringify(fields.used_tools ?? []),
      fields.input ?? null,
      fields.result ?? null,
      report,
    );
  }
  database.exec('COMMIT');
  database.close();
  openTaskStore(file).close();
}

function wireTokens(
  tokens: { prompt_tokens: number; completion_tokens: number } | undefined,
): string | null {
  return tokens === undefined
    ? null
    : JSON.stringify({ ...tokens, total_tokens: tokens.prompt_tokens + tokens.completion_tokens });
}
