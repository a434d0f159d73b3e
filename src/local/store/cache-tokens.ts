/**
 * Migration 3: tokens read from and written to a prompt cache. The indexes by time hold them too,
 * so that metrics are added up from an index alone.
 */
export const cacheTokens: string = `
  ALTER TABLE task_list ADD COLUMN cache_read_tokens INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE task_list ADD COLUMN cache_write_tokens INTEGER NOT NULL DEFAULT 0;
  DROP INDEX task_list_by_time;
  DROP INDEX task_list_by_agent_and_time;
  CREATE INDEX task_list_by_time ON task_list
    (updated_ms, status, duration_seconds, prompt_tokens, completion_tokens, cache_read_tokens,
     cache_write_tokens);
  CREATE INDEX task_list_by_agent_and_time ON task_list
    (agent_id, updated_ms, status, duration_seconds, prompt_tokens, completion_tokens,
     cache_read_tokens, cache_write_tokens);`;
