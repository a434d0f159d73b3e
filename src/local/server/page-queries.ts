import * as z from 'zod';
import type { TaskListQuery } from '../store/task-list.ts';
import type { MetricsQuery } from '../store/task-metrics.ts';
import type { FieldError } from '../wire/field-errors.ts';
import { fieldErrors } from '../wire/field-errors.ts';
import { type Parsed, taskStatus } from '../wire/report-schemas.ts';

const dayMs = 24 * 60 * 60 * 1000;
const maxTextLength = 1000;

const time = z
  .string()
  .transform((text) => Date.parse(text))
  .refine((ms) => !Number.isNaN(ms), 'Expected a time in ISO 8601')
  .optional();

const taskQuery = z
  .object({
    agent: z.string().optional(),
    status: taskStatus.optional(),
    tool: z.string().optional(),
    from: time,
    to: time,
    text: z.string().trim().max(maxTextLength).optional(),
    after: z
      .string()
      .regex(/^\d{1,15}$/, 'Expected `next` of a page')
      .transform(Number)
      .optional(),
    limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
  })
  .transform(
    ({ from, to, text, ...query }): TaskListQuery => ({
      ...query,
      agent: query.agent,
      status: query.status,
      tool: query.tool,
      after: query.after,
      fromMs: from,
      toMs: to,
      text: text === '' ? undefined : text,
    }),
  );

const metricsQuery = z.object({ from: time, to: time, agent: z.string().optional() });

const taskKey = z.object({ agent: z.string(), id: z.string() });

type Query = Readonly<Record<string, string>>;

/** Parses the filters of the list. Empty parameters are ignored. */
export function parseTaskQuery(query: Query): Parsed<TaskListQuery> {
  return parse(taskQuery, query);
}

export function parseMetricsQuery(query: Query, nowMs: number): Parsed<MetricsQuery> {
  const parsed = parse(metricsQuery, query);
  if (parsed.kind === 'rejected') return parsed;
  const { from, to: toMs = nowMs, agent } = parsed.value;
  const fromMs = from ?? toMs - dayMs;
  return fromMs < toMs
    ? { kind: 'accepted', value: { fromMs: fromMs > 0 ? fromMs : undefined, toMs, agent } }
    : rejected({ loc: ['query', 'to'], msg: 'Expected a time after `from`', type: 'value_error' });
}

/** Parses the key of a task. */
export function parseTaskKey(
  query: Query,
): Parsed<{ readonly agent: string; readonly id: string }> {
  return parse(taskKey, query);
}

function parse<T>(schema: z.ZodType<T>, query: Query): Parsed<T> {
  const entries = Object.entries(query).filter(([, value]) => value !== '');
  const parsed = schema.safeParse(Object.fromEntries(entries));
  return parsed.success
    ? { kind: 'accepted', value: parsed.data }
    : { kind: 'rejected', detail: fieldErrors('query', parsed.error) };
}

function rejected(error: FieldError): Parsed<never> {
  return { kind: 'rejected', detail: [error] };
}
