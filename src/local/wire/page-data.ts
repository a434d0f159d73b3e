/** What the page asks the local platform for, all under `/page/`, as JSON. */
import type { TaskStatus } from './report-schemas.ts';

/** A task as a row of the list. */
export interface TaskRow {
  readonly agentId: string;
  /** Unique per agent. */
  readonly id: string;
  readonly status: TaskStatus;
  /** First line of the input, shortened; null where none was reported. */
  readonly inputLine: string | null;
  /** First line of the result, shortened. */
  readonly resultLine: string | null;
  readonly durationSeconds: number;
  readonly tokens: RowTokens | null;
  /** The first twenty, long names shortened; the detail has them all. */
  readonly usedTools: readonly string[];
  /** How many tools there are, each counted once. */
  readonly toolCount: number;
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601. */
  readonly updatedAt: string;
  /** How many reports came under this id. */
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

/** `GET /page/tasks`: filters as query, all optional; newest first. */
export interface TaskQuery {
  readonly agent?: string;
  readonly status?: TaskStatus;
  /** As `FilterChoices` has it. */
  readonly tool?: string;
  /** ISO 8601, inclusive; compared with `updatedAt`. */
  readonly from?: string;
  /** ISO 8601, exclusive. */
  readonly to?: string;
  /** Free text, found in id, input and result (16,384 characters of each), whatever its case. */
  readonly text?: string;
  /** `next` of the page before. */
  readonly after?: string;
  /** @default 50, 200 at most */
  readonly limit?: number;
}

export interface TaskPage {
  readonly tasks: readonly TaskRow[];
  /** Where the next page begins; null on the last. */
  readonly next: string | null;
}

/** `GET /page/task?agent=…&id=…` */
export interface TaskDetail {
  readonly task: TaskRow;
  /** Every report under this id, newest first; the first is what the task is now. */
  readonly versions: readonly TaskVersion[];
  /** How many older versions are not kept any more. */
  readonly versionsDropped: number;
}

export interface TaskVersion {
  /** From 1, in order of arrival. */
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
  /** The request as it came in; the API key is masked before it is stored. */
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

/** `GET /page/filters`: what there is to choose from. */
export interface FilterChoices {
  /** In order, the first thousand. */
  readonly agents: readonly string[];
  /** The same; names longer than 200 characters are shortened. */
  readonly tools: readonly string[];
  /** How many tasks are stored. */
  readonly tasks: number;
  /** How many were removed, oldest first, to stay below the limit (100,000 by default). */
  readonly tasksDropped: number;
}

/**
 * `GET /page/metrics?from=…&to=…&agent=…`; without `from` the last 24 hours before `to`, without
 * `to` until now. For everything ask from 1970 on: an earlier `from` than the first run's time
 * becomes that. Percentiles are nearest-rank, over completed and failed runs alike.
 */
export interface Metrics {
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** Length of each step of the series. */
  readonly stepSeconds: number;
  readonly runs: number;
  readonly failed: number;
  /** 0 to 1; null without runs. */
  readonly successRate: number | null;
  readonly p50Seconds: number | null;
  readonly p95Seconds: number | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** Runs whose tokens are unknown. */
  readonly runsWithoutTokens: number;
  /**
   * Equal steps of time, empty ones included, sixty-one at most. They begin at multiples of their
   * length in UTC, so the first may begin before `from`; it counts only from there.
   */
  readonly series: readonly MetricsStep[];
  /** Most tokens first, the first fifty; so are agents and tools. */
  readonly tokensByModel: readonly TokenShare[];
  readonly tokensByAgent: readonly TokenShare[];
  /** By use, most first. */
  readonly tools: readonly { readonly name: string; readonly runs: number }[];
}

export interface MetricsStep {
  /** Begin, ISO 8601. */
  readonly at: string;
  readonly completed: number;
  readonly failed: number;
  readonly p50Seconds: number | null;
  readonly p95Seconds: number | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export interface TokenShare {
  /** Model or agent; `unknown` where the response did not say. */
  readonly name: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/**
 * `GET /page/events`: server-sent events. First `event: ready` with {@link StreamReady}, then
 * `event: task` with a {@link TaskRow} for each report that is accepted. List what is there after
 * `ready`: nothing is missed then. A browser that reconnects sends `Last-Event-ID` by itself and
 * gets what it missed before `ready`. A comment comes every 15 seconds. A client that does not
 * read is cut off.
 */
export interface StreamReady {
  /** What was missed could not be sent: load what is shown anew. False at the first connection. */
  readonly reload: boolean;
}

// `GET /page/assets/<file>`: the built script and style, by their names in dist/page.
// `/`, `/metrics` and `/tasks/<agent>/<id>` answer with the same HTML, dist/page/index.html.
