/**
 * Migration 2: earlier reports and the index of the page. `position` is the `update_order` of a task,
 * so sorting by it gives the order of the history.
 *
 * `task_list` has rows of a few hundred bytes, so paging does not read the large texts. `task_tools`
 * and `task_models` have the name first in their key, so sums per name need no sorting. The tables
 * start empty and are filled by `task-backfill.ts`, so a large file opens at once. No column is added
 * to `tasks` because SQLite would check every row.
 */
export const pageTables: string = `
  CREATE TABLE task_requests (
    position INTEGER PRIMARY KEY,
    path TEXT NOT NULL,
    headers TEXT NOT NULL
  ) STRICT;
  CREATE TABLE task_versions (
    agent_id TEXT NOT NULL,
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    received_at TEXT NOT NULL,
    request_path TEXT,
    request_headers TEXT,
    bytes INTEGER NOT NULL,
    report TEXT NOT NULL,
    PRIMARY KEY (agent_id, id, number)
  ) STRICT;
  CREATE TABLE task_list (
    position INTEGER PRIMARY KEY,
    agent_id TEXT NOT NULL,
    id TEXT NOT NULL,
    status TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    duration_seconds REAL NOT NULL,
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    tool_count INTEGER NOT NULL,
    tools TEXT NOT NULL,
    input_line TEXT,
    result_line TEXT,
    report_count INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE task_texts (position INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
  CREATE TABLE task_tools (
    tool TEXT NOT NULL,
    position INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    agent_id TEXT NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY (tool, position)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE task_models (
    model TEXT NOT NULL,
    position INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    agent_id TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    PRIMARY KEY (model, position)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  INSERT INTO counters VALUES
    ('tasks', (SELECT count(*) FROM tasks)),
    ('tasks dropped', 0),
    ('not indexed below', (SELECT ifnull(max(update_order), 0) + 1 FROM tasks));
  CREATE INDEX task_list_by_agent ON task_list (agent_id, position);
  CREATE INDEX task_list_by_status ON task_list (status, position);
  CREATE INDEX task_list_by_agent_and_status ON task_list (agent_id, status, position);
  CREATE INDEX task_list_by_time ON task_list
    (updated_ms, status, duration_seconds, prompt_tokens, completion_tokens);
  CREATE INDEX task_list_by_agent_and_time ON task_list
    (agent_id, updated_ms, status, duration_seconds, prompt_tokens, completion_tokens);
  CREATE INDEX task_tools_of_task ON task_tools (position);
  CREATE INDEX task_models_of_task ON task_models (position);`;
