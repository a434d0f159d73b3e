import * as z from 'zod';
import {
  type TaskStatus,
  taskStatus,
  type WireTokens,
  wireTokens,
} from '../wire/report-schemas.ts';

/** A task as the local platform stores it: the last report with its id. */
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
  /** Time of the first report, ISO 8601. */
  readonly createdAt: string;
  /** Time of the last report, ISO 8601. */
  readonly updatedAt: string;
  /** The number of reports with this id. */
  readonly reportCount: number;
}

/** A task with the body of its last report. */
export interface ReportedTask extends StoredTask {
  /** The parsed JSON as received, including unknown fields and `llm_response`. */
  readonly report: unknown;
}

/** An agent. It is created by its first report or by configuration. */
export interface StoredAgent {
  readonly id: string;
  readonly createdAt: string;
}

/** The columns that `storedTask` parses. */
export const taskColumns: string = `agent_id, id, status, input, result, tokens, used_tools, duration_seconds,
  created_at, updated_at, report_count`;

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

export const storedTask: z.ZodType<StoredTask> = taskRow.transform(toStoredTask);

export const savedTask: z.ZodType<{ readonly position: number; readonly task: StoredTask }> =
  taskRow
    .extend({ update_order: z.number() })
    .transform((row) => ({ position: row.update_order, task: toStoredTask(row) }));

export const reportedTask: z.ZodType<ReportedTask> = taskRow
  .extend({ report: json })
  .transform((row) => ({ ...toStoredTask(row), report: row.report }));

export const storedAgent: z.ZodType<StoredAgent> = z
  .object({ id: z.string(), created_at: z.string() })
  .transform((row) => ({ id: row.id, createdAt: row.created_at }));

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
