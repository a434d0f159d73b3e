/** The JSON that the page requests from the local platform under `/page/`. */
import type { TaskStatus } from './report-schemas.ts';

/** A task as a row of the list. */
export interface TaskRow {
  readonly agentId: string;
  /** Unique per agent. */
  readonly id: string;
  readonly status: TaskStatus;
  /** First line of the input, truncated; null if none was reported. */
  readonly inputLine: string | null;
  /** First line of the result, truncated; null if none was reported. */
  readonly resultLine: string | null;
  readonly durationSeconds: number;
  readonly tokens: RowTokens | null;
  /** The first twenty tools, with long names truncated. The detail has all of them. */
  readonly usedTools: readonly string[];
  /** The number of unique tools. */
  readonly toolCount: number;
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601. */
  readonly updatedAt: string;
  /** The number of reports with this id. */
  readonly reportCount: number;
}

/** LLM tokens of a task, as the provider counts them. */
export interface RowTokens {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** Prompt and completion. */
  readonly totalTokens: number;
}

/** The query of `GET /page/tasks`. All filters are optional. */
export interface TaskQuery {
  readonly agent?: string;
  readonly status?: TaskStatus;
  /** A name from `FilterChoices`. */
  readonly tool?: string;
  /** ISO 8601, inclusive; compared with `updatedAt`. */
  readonly from?: string;
  /** ISO 8601, exclusive. */
  readonly to?: string;
  /** Case-insensitive text in id, input or result (the first 16,384 characters of each). */
  readonly text?: string;
  /** `next` of the previous page. */
  readonly after?: string;
  /** Maximum 200. @default 50 */
  readonly limit?: number;
}

export interface TaskPage {
  readonly tasks: readonly TaskRow[];
  /** Cursor of the next page; null on the last page. */
  readonly next: string | null;
}

/** `GET /page/task?agent=…&id=…` */
export interface TaskDetail {
  readonly task: TaskRow;
  /** All reports with this id, newest first. The first one is the current task. */
  readonly versions: readonly TaskVersion[];
  /** The number of older versions that were removed. */
  readonly versionsDropped: number;
}

export interface TaskVersion {
  /** From 1, in the order received. */
  readonly number: number;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly status: TaskStatus;
  readonly input: string | null;
  readonly result: string | null;
  readonly durationSeconds: number;
  readonly tokens: RowTokens | null;
  readonly usedTools: readonly string[];
  readonly llmResponse: unknown;
  /** LLM calls in `llmResponse` without token counts: `tokens` is a lower bound then. */
  readonly callsWithoutUsage: number;
  /** The request as received. The API key is redacted before it is stored. */
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

/** `GET /page/filters`: the choices of the filters. */
export interface FilterChoices {
  /** Sorted; at most a thousand. */
  readonly agents: readonly string[];
  /** Sorted; at most a thousand. Names longer than 200 characters are truncated. */
  readonly tools: readonly string[];
  /** The number of stored tasks. */
  readonly tasks: number;
  /** The number of tasks removed, oldest first, to stay within the limit (100,000 by default). */
  readonly tasksDropped: number;
}

/**
 * `GET /page/metrics?from=…&to=…&agent=…`. `to` defaults to now and `from` to 24 hours before `to`. A
 * `from` before the first task is replaced by its time, so `from=1970-01-01` selects all tasks.
 * Percentiles are nearest-rank over completed and failed tasks.
 */
export interface Metrics {
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** Duration of each step of the series. */
  readonly stepSeconds: number;
  readonly runs: number;
  readonly failed: number;
  /** 0 to 1; null if there are no tasks. */
  readonly successRate: number | null;
  readonly p50Seconds: number | null;
  readonly p95Seconds: number | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** Tasks whose tokens are unknown. */
  readonly runsWithoutTokens: number;
  /**
   * At most 61 steps of equal duration, including empty ones. They start at multiples of their duration
   * in UTC. The first step may start before `from` but includes only tasks from `from` on.
   */
  readonly series: readonly MetricsStep[];
  /** Sorted by tokens in descending order; at most fifty. */
  readonly tokensByModel: readonly TokenShare[];
  readonly tokensByAgent: readonly TokenShare[];
  /** Sorted by use in descending order; at most fifty. */
  readonly tools: readonly { readonly name: string; readonly runs: number }[];
}

export interface MetricsStep {
  /** Start time, ISO 8601. */
  readonly at: string;
  readonly completed: number;
  readonly failed: number;
  readonly p50Seconds: number | null;
  readonly p95Seconds: number | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export interface TokenShare {
  /** Model or agent; `unknown` if the response does not name a model. */
  readonly name: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/**
 * `GET /page/events`: server-sent events. Sends `event: ready` with {@link StreamReady} first, then
 * `event: task` with a {@link TaskRow} for each accepted report. A client that lists tasks after
 * `ready` misses none. A browser that reconnects sends `Last-Event-ID` and receives the missed events
 * before `ready`. A comment is sent every 15 seconds. A client that does not read is disconnected.
 */
export interface StreamReady {
  /** Whether missed events could not be sent and the client must reload. False at first connection. */
  readonly reload: boolean;
}

// `GET /page/assets/<file>` serves the built script and style by their names in dist/page.
// `/`, `/metrics` and `/tasks/<agent>/<id>` serve dist/page/index.html.
