/** What the page asks the local platform for, all under `/page/`, as JSON. */
import type { TaskStatus } from './wire-schemas.ts';

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
  readonly tokens: {
    readonly promptTokens: number;
    readonly completionTokens: number;
    readonly totalTokens: number;
  } | null;
  readonly usedTools: readonly string[];
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601. */
  readonly updatedAt: string;
  /** How many reports came under this id. */
  readonly reportCount: number;
}

/** `GET /page/tasks`: filters as query, all optional; newest first. */
export interface TaskQuery {
  readonly agent?: string;
  readonly status?: TaskStatus;
  readonly tool?: string;
  /** ISO 8601, inclusive; compared with `updatedAt`. */
  readonly from?: string;
  /** ISO 8601, exclusive. */
  readonly to?: string;
  /** Free text, found in id, input and result, whatever its case. */
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
  readonly tokens: TaskRow['tokens'];
  readonly usedTools: readonly string[];
  readonly llmResponse: unknown;
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
  readonly agents: readonly string[];
  readonly tools: readonly string[];
}

/** `GET /page/metrics?from=…&to=…&agent=…`; without `from` the last 24 hours. */
export interface Metrics {
  readonly from: string;
  readonly to: string;
  readonly runs: number;
  readonly failed: number;
  /** 0 to 1; null without runs. */
  readonly successRate: number | null;
  readonly p50Seconds: number | null;
  readonly p95Seconds: number | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Runs whose tokens are unknown. */
  readonly runsWithoutTokens: number;
  /** Equal steps of time from `from` to `to`, empty ones included. */
  readonly series: readonly MetricsStep[];
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

// `GET /page/events`: server-sent events. `event: task` with a TaskRow as data for each report that
// is accepted; `event: ready` once at the start. `GET /page/assets/<file>`: script and style.
// Every other page URL (`/`, `/metrics`, `/tasks/<agent>/<id>`) answers with the same HTML.
