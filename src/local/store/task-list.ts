import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import * as z from 'zod';
import type { TaskPage, TaskRow } from '../wire/page-data.ts';
import { type TaskStatus, taskStatus } from '../wire/report-schemas.ts';
import { searchPattern } from './search-text.ts';

/** Which tasks are asked for, checked. */
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

/** A row and its place in the history. */
export interface PlacedRow {
  readonly position: number;
  readonly row: TaskRow;
}

/** Rows of tasks, the last updated first. */
export interface TaskList {
  /** Gives up at the next slice when `signal` is aborted. */
  page(query: TaskListQuery, signal?: AbortSignal): Promise<TaskPage>;
  row(position: number): TaskRow | undefined;
  /** What came after a position, oldest first. */
  since(position: number, limit: number): readonly PlacedRow[];
  newestPosition(): number;
}

// Positions whose texts are searched at a stretch: some ten milliseconds.
const slice = 2500;

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
  // Positions follow the clock, unless that was set back: hence both ends of all in the range.
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
      const size = query.text === undefined ? high - low + 1 : slice;
      const found: PlacedRow[] = [];
      for (let top = high; top >= low && found.length <= query.limit; top -= size) {
        // A search reads much. Reports that come meanwhile are taken in between.
        if (top !== high) await setImmediate(undefined, { signal });
        const bottom = Math.max(low, top - size + 1);
        const wanted = query.limit + 1 - found.length;
        found.push(...placedRows.parse(statement.all(...values, bottom, top, wanted)));
      }
      const shown = found.slice(0, query.limit);
      return {
        tasks: shown.map(({ row }) => row),
        next: found.length > shown.length ? String(shown.at(-1)?.position) : null,
      };
    },
    row: (position) => placedRow.optional().parse(byPosition.get(position))?.row,
    since: (position, limit) => placedRows.parse(later.all(position, limit)),
    newestPosition: () => range.parse(ends.get()).high,
  };
}

function select(query: TaskListQuery): { readonly sql: string; readonly values: string[] } {
  const { agent, status, tool, fromMs, toMs, text } = query;
  // What a tool's tasks are filtered by stands beside its name.
  const source = tool === undefined ? 'task_list' : 'task_tools';
  const conditions: readonly (readonly [string, string | undefined])[] = [
    ['task_tools.tool = ?', tool],
    [`${source}.agent_id = ?`, agent],
    [`${source}.status = ?`, status],
    [`${source}.updated_ms >= CAST(? AS INTEGER)`, fromMs?.toString()],
    [`${source}.updated_ms < CAST(? AS INTEGER)`, toMs?.toString()],
    ["task_texts.text LIKE ? ESCAPE '\\'", text === undefined ? undefined : searchPattern(text)],
  ];
  const chosen = conditions.flatMap(([condition, value]) =>
    value === undefined ? [] : [{ condition, value }],
  );
  // CROSS keeps the order of the tables: filters first, then what is large.
  const sql = `SELECT task_list.* FROM ${source}
    ${tool === undefined ? '' : 'CROSS JOIN task_list USING (position)'}
    ${text === undefined ? '' : 'CROSS JOIN task_texts USING (position)'}
    WHERE ${[...chosen.map(({ condition }) => condition), `${source}.position BETWEEN ? AND ?`].join(' AND ')}
    ORDER BY ${source}.position DESC LIMIT ?`;
  return { sql, values: chosen.map(({ value }) => value) };
}

const range = z.object({ low: z.number(), high: z.number() });
type Range = z.infer<typeof range>;

const placedRow = z
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
  .transform((row): PlacedRow => {
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
const placedRows = placedRow.array();
