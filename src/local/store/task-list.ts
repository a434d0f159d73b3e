import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import * as z from 'zod';
import type { TaskPage, TaskRow } from '../wire/page-data.ts';
import { type TaskStatus, taskStatus } from '../wire/report-schemas.ts';
import { searchPattern } from './search-text.ts';

/** The validated filters of the task list. */
export interface TaskListQuery {
  readonly agent: string | undefined;
  readonly status: TaskStatus | undefined;
  readonly tool: string | undefined;
  /** Milliseconds since 1970, inclusive. */
  readonly fromMs: number | undefined;
  /** Exclusive. */
  readonly toMs: number | undefined;
  readonly text: string | undefined;
  /** Only tasks below this position. */
  readonly after: number | undefined;
  readonly limit: number;
}

/** A row and its position in the history. */
export interface PositionedRow {
  readonly position: number;
  readonly row: TaskRow;
}

/** The rows of the task list, most recently updated first. */
export interface TaskList {
  /** Rejects if `signal` aborts. */
  page(query: TaskListQuery, signal?: AbortSignal): Promise<TaskPage>;
  row(position: number): TaskRow | undefined;
  /** The rows after a position, oldest first. */
  since(position: number, limit: number): readonly PositionedRow[];
  newestPosition(): number;
}

// The number of texts that are searched at once, in about 10 ms.
const searchBatchSize = 2500;

export function openTaskList(database: DatabaseSync): TaskList {
  const statements = new Map<string, StatementSync>();
  function prepared(sql: string): StatementSync {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }
  const byPosition = database.prepare('SELECT * FROM task_list WHERE position = ?');
  const later = database.prepare(
    'SELECT * FROM task_list WHERE position > ? ORDER BY position LIMIT ?',
  );
  const ends = database.prepare(
    `SELECT ifnull((SELECT min(position) FROM task_list), 0) AS low,
            ifnull((SELECT max(position) FROM task_list), 0) AS high`,
  );
  // If the clock was set back, positions are not in order of time, so both ends are searched.
  const endsInTime = database.prepare(
    `SELECT ifnull(min(position), 0) AS low, ifnull(max(position), -1) AS high
     FROM task_list INDEXED BY task_list_by_time WHERE updated_ms >= ? AND updated_ms < ?`,
  );

  function rangeOf({ fromMs, toMs, after }: TaskListQuery): Range {
    const { low, high } = range.parse(
      fromMs === undefined && toMs === undefined
        ? ends.get()
        : endsInTime.get(fromMs ?? 0, toMs ?? Number.MAX_SAFE_INTEGER),
    );
    return { low, high: after === undefined ? high : Math.min(high, after - 1) };
  }

  return {
    async page(query, signal) {
      const { sql, values } = select(query);
      const statement = prepared(sql);
      const { low, high } = rangeOf(query);
      const size = query.text === undefined ? high - low + 1 : searchBatchSize;
      const found: PositionedRow[] = [];
      for (let top = high; top >= low && found.length <= query.limit; top -= size) {
        // Lets the server handle reports between the batches of a search.
        if (top !== high) await setImmediate(undefined, { signal });
        const bottom = Math.max(low, top - size + 1);
        const limit = query.limit + 1 - found.length;
        found.push(...positionedRows.parse(statement.all(...values, bottom, top, limit)));
      }
      const shown = found.slice(0, query.limit);
      return {
        tasks: shown.map(({ row }) => row),
        next: found.length > shown.length ? String(shown.at(-1)?.position) : null,
      };
    },
    row: (position) => positionedRow.optional().parse(byPosition.get(position))?.row,
    since: (position, limit) => positionedRows.parse(later.all(position, limit)),
    newestPosition: () => range.parse(ends.get()).high,
  };
}

function select(query: TaskListQuery): { readonly sql: string; readonly values: string[] } {
  const { agent, status, tool, fromMs, toMs, text } = query;
  // task_tools has its own copies of the filtered columns.
  const source = tool === undefined ? 'task_list' : 'task_tools';
  const conditions: readonly (readonly [string, string | undefined])[] = [
    ['task_tools.tool = ?', tool],
    [`${source}.agent_id = ?`, agent],
    [`${source}.status = ?`, status],
    [`${source}.updated_ms >= CAST(? AS INTEGER)`, fromMs?.toString()],
    [`${source}.updated_ms < CAST(? AS INTEGER)`, toMs?.toString()],
    ["task_texts.text LIKE ? ESCAPE '\\'", text === undefined ? undefined : searchPattern(text)],
  ];
  const active = conditions.flatMap(([condition, value]) =>
    value === undefined ? [] : [{ condition, value }],
  );
  // CROSS JOIN fixes the order of the tables: filters first, large texts last.
  const sql = `SELECT task_list.* FROM ${source}
    ${tool === undefined ? '' : 'CROSS JOIN task_list USING (position)'}
    ${text === undefined ? '' : 'CROSS JOIN task_texts USING (position)'}
    WHERE ${[...active.map(({ condition }) => condition), `${source}.position BETWEEN ? AND ?`].join(' AND ')}
    ORDER BY ${source}.position DESC LIMIT ?`;
  return { sql, values: active.map(({ value }) => value) };
}

const range = z.object({ low: z.number(), high: z.number() });
type Range = z.infer<typeof range>;

const positionedRow = z
  .object({
    position: z.number(),
    agent_id: z.string(),
    id: z.string(),
    status: taskStatus,
    created_ms: z.number(),
    updated_ms: z.number(),
    duration_seconds: z.number(),
    prompt_tokens: z.number().nullable(),
    completion_tokens: z.number().nullable(),
    tool_count: z.number(),
    tools: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
    input_line: z.string().nullable(),
    result_line: z.string().nullable(),
    report_count: z.number(),
    cache_read_tokens: z.number(),
    cache_write_tokens: z.number(),
  })
  .transform((row): PositionedRow => {
    const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = row;
    return {
      position: row.position,
      row: {
        agentId: row.agent_id,
        id: row.id,
        status: row.status,
        inputLine: row.input_line,
        resultLine: row.result_line,
        durationSeconds: row.duration_seconds,
        tokens:
          promptTokens === null || completionTokens === null
            ? null
            : {
                promptTokens,
                completionTokens,
                cacheReadTokens: row.cache_read_tokens,
                cacheWriteTokens: row.cache_write_tokens,
                totalTokens: promptTokens + completionTokens,
              },
        usedTools: row.tools,
        toolCount: row.tool_count,
        createdAt: new Date(row.created_ms).toISOString(),
        updatedAt: new Date(row.updated_ms).toISOString(),
        reportCount: row.report_count,
      },
    };
  });
const positionedRows = positionedRow.array();
