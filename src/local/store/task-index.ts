import type { DatabaseSync } from 'node:sqlite';
import type { TaskRow } from '../wire/page-data.ts';
import type { IndexEntry } from './index-entry.ts';

/** The properties of a task that are not part of its report. */
export interface TaskIdentity {
  readonly agentId: string;
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly reportCount: number;
}

/** The index tables of the page. */
export interface TaskIndex {
  /** Adds a task and returns its row in the list. */
  add(position: number, task: TaskIdentity, entry: IndexEntry): TaskRow;
  /** Removes the report at a position. */
  remove(position: number): void;
}

const tables = ['task_list', 'task_texts', 'task_tools', 'task_models', 'task_requests'];

// The number of tools that a row includes.
const maxToolsInRow = 20;

export function createTaskIndex(database: DatabaseSync): TaskIndex {
  const addRow = database.prepare(
    `INSERT INTO task_list (position, agent_id, id, status, created_ms, updated_ms, duration_seconds,
       prompt_tokens, completion_tokens, tool_count, tools, input_line, result_line, report_count,
       cache_read_tokens, cache_write_tokens)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const addText = database.prepare('INSERT INTO task_texts VALUES (?, ?)');
  const addTool = database.prepare('INSERT INTO task_tools VALUES (?, ?, ?, ?, ?)');
  const addModel = database.prepare('INSERT INTO task_models VALUES (?, ?, ?, ?, ?, ?)');
  const removals = tables.map((table) =>
    database.prepare(`DELETE FROM ${table} WHERE position = ?`),
  );

  return {
    add(position, task, entry) {
      const updatedMs = Date.parse(task.updatedAt);
      addRow.run(
        position,
        task.agentId,
        task.id,
        entry.status,
        Date.parse(task.createdAt),
        updatedMs,
        entry.durationSeconds,
        entry.tokens?.promptTokens ?? null,
        entry.tokens?.completionTokens ?? null,
        entry.toolCount,
        JSON.stringify(entry.tools.slice(0, maxToolsInRow)),
        entry.inputLine,
        entry.resultLine,
        task.reportCount,
        entry.tokens?.cacheReadTokens ?? 0,
        entry.tokens?.cacheWriteTokens ?? 0,
      );
      addText.run(position, entry.searchText);
      for (const tool of entry.tools) {
        addTool.run(tool, position, updatedMs, task.agentId, entry.status);
      }
      for (const { model, promptTokens, completionTokens } of entry.models) {
        addModel.run(model, position, updatedMs, task.agentId, promptTokens, completionTokens);
      }
      return toRow(task, entry);
    },
    remove(position) {
      for (const removal of removals) removal.run(position);
    },
  };
}

function toRow(task: TaskIdentity, entry: IndexEntry): TaskRow {
  return {
    agentId: task.agentId,
    id: task.id,
    status: entry.status,
    inputLine: entry.inputLine,
    resultLine: entry.resultLine,
    durationSeconds: entry.durationSeconds,
    tokens: entry.tokens,
    usedTools: entry.tools.slice(0, maxToolsInRow),
    toolCount: entry.toolCount,
    createdAt: task.createdAt,
    updatedAt: task.updatedAt,
    reportCount: task.reportCount,
  };
}
