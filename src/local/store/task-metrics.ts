import type { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import * as z from 'zod';
import type { Metrics, MetricsStep, TokenShare } from '../wire/page-data.ts';
import { percentile } from './percentile.ts';
import { type TimeSteps, timeSteps } from './time-steps.ts';

/** Selects the tasks to aggregate. */
export interface MetricsQuery {
  /** Milliseconds since 1970, inclusive; undefined to start with the first task. */
  readonly fromMs: number | undefined;
  /** Exclusive. */
  readonly toMs: number;
  readonly agent: string | undefined;
}

const dayMs = 24 * 60 * 60 * 1000;

// More than a chart shows.
const maxNames = 50;

/** Aggregates completed and failed tasks. Percentiles are nearest-rank. */
export function openMetrics(database: DatabaseSync): (query: MetricsQuery) => Promise<Metrics> {
  const first = database.prepare('SELECT min(updated_ms) AS ms FROM task_list');
  const firstOfAgent = database.prepare(
    'SELECT min(updated_ms) AS ms FROM task_list WHERE agent_id = ?',
  );
  // Reads a range of a covering index for each step, without sorting.
  const step = (index: string, where: string) =>
    database.prepare(
      `SELECT count(*) AS runs, ifnull(sum(status = 'completed'), 0) AS completed,
         total(prompt_tokens) AS prompt, total(completion_tokens) AS completion,
         total(cache_read_tokens) AS cache_read, total(cache_write_tokens) AS cache_write,
         count(*) - count(prompt_tokens) AS without_tokens,
         ifnull(group_concat(duration_seconds), '') AS durations
       FROM task_list INDEXED BY ${index} WHERE ${where} updated_ms >= ? AND updated_ms < ?`,
    );
  const stepOfAll = step('task_list_by_time', '');
  const stepOfAgent = step('task_list_by_agent_and_time', 'agent_id = ? AND');

  // Reading whole tables in the order of names is faster than sorting a range.
  const inRange =
    '($agent IS NULL OR agent_id = $agent) AND updated_ms >= $fromMs AND updated_ms < $toMs';
  const byAgent = database.prepare(
    `SELECT agent_id AS name, total(prompt_tokens) AS promptTokens,
       total(completion_tokens) AS completionTokens
     FROM task_list INDEXED BY task_list_by_agent_and_time
     WHERE ${inRange} AND prompt_tokens IS NOT NULL GROUP BY agent_id
     ORDER BY promptTokens + completionTokens DESC, name LIMIT ${maxNames}`,
  );
  const byModel = database.prepare(
    `SELECT model AS name, total(prompt_tokens) AS promptTokens,
       total(completion_tokens) AS completionTokens
     FROM task_models WHERE ${inRange} GROUP BY model
     ORDER BY promptTokens + completionTokens DESC, name LIMIT ${maxNames}`,
  );
  const byTool = database.prepare(
    `SELECT tool AS name, count(*) AS runs FROM task_tools WHERE ${inRange} GROUP BY tool
     ORDER BY runs DESC, name LIMIT ${maxNames}`,
  );

  function measure(query: MetricsQuery, { starts, sizeMs }: TimeSteps): StepSums[] {
    const { agent, fromMs = 0, toMs } = query;
    return starts.map((start) => {
      const limits = [Math.max(start, fromMs), Math.min(start + sizeMs, toMs)] as const;
      const row =
        agent === undefined ? stepOfAll.get(...limits) : stepOfAgent.get(agent, ...limits);
      return { start, ...stepSums.parse(row) };
    });
  }

  function firstTaskTime({ agent, toMs }: MetricsQuery): number {
    const row = agent === undefined ? first.get() : firstOfAgent.get(agent);
    return z.number().nullable().parse(row?.['ms']) ?? toMs - dayMs;
  }

  return async (query) => {
    const fromMs = Math.min(query.fromMs ?? firstTaskTime(query), query.toMs);
    const steps = timeSteps(fromMs, query.toMs);
    const names = { agent: query.agent ?? null, fromMs, toMs: query.toMs };
    const sums = measure({ ...query, fromMs }, steps);
    // Lets the server handle reports between the queries.
    await setImmediate();
    const tokensByModel = shares.parse(byModel.all(names));
    await setImmediate();
    const tokensByAgent = shares.parse(byAgent.all(names));
    await setImmediate();
    const tools = uses.parse(byTool.all(names));
    await setImmediate();
    return {
      from: new Date(fromMs).toISOString(),
      to: new Date(query.toMs).toISOString(),
      stepSeconds: steps.sizeMs / 1000,
      ...totals(sums),
      series: sums.map(toStep),
      tokensByModel,
      tokensByAgent,
      tools,
    };
  };
}

const count = z.number();

const stepSums = z.object({
  runs: count,
  completed: count,
  prompt: count,
  completion: count,
  cache_read: count,
  cache_write: count,
  without_tokens: count,
  durations: z
    .string()
    .transform((text) => Float64Array.from(text === '' ? [] : text.split(',')).sort()),
});

type StepSums = z.infer<typeof stepSums> & { readonly start: number };

const shares: z.ZodType<TokenShare[]> = z.array(
  z.object({ name: z.string(), promptTokens: count, completionTokens: count }),
);

const uses = z.array(z.object({ name: z.string(), runs: count }));

function toStep(sums: StepSums): MetricsStep {
  return {
    at: new Date(sums.start).toISOString(),
    completed: sums.completed,
    failed: sums.runs - sums.completed,
    p50Seconds: percentile(sums.durations, 0.5),
    p95Seconds: percentile(sums.durations, 0.95),
    promptTokens: sums.prompt,
    completionTokens: sums.completion,
  };
}

function totals(
  steps: readonly StepSums[],
): Pick<
  Metrics,
  | 'runs'
  | 'failed'
  | 'successRate'
  | 'p50Seconds'
  | 'p95Seconds'
  | 'promptTokens'
  | 'completionTokens'
  | 'cacheReadTokens'
  | 'cacheWriteTokens'
  | 'runsWithoutTokens'
> {
  const sum = (read: (step: StepSums) => number) =>
    steps.reduce((total, step) => total + read(step), 0);
  const runs = sum((step) => step.runs);
  const completed = sum((step) => step.completed);
  const durations = mergeSorted(steps.map((step) => step.durations));
  return {
    runs,
    failed: runs - completed,
    successRate: runs === 0 ? null : completed / runs,
    p50Seconds: percentile(durations, 0.5),
    p95Seconds: percentile(durations, 0.95),
    promptTokens: sum((step) => step.prompt),
    completionTokens: sum((step) => step.completion),
    cacheReadTokens: sum((step) => step.cache_read),
    cacheWriteTokens: sum((step) => step.cache_write),
    runsWithoutTokens: sum((step) => step.without_tokens),
  };
}

function mergeSorted(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.length;
  }
  return all.sort();
}
