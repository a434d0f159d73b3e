import * as z from 'zod';
import type { TaskListQuery } from '../store/task-list.ts';
import type { MetricsQuery } from '../store/task-metrics.ts';
import type { FieldError } from '../wire/field-errors.ts';
import { fieldErrors } from '../wire/field-errors.ts';
import { type Parsed, taskStatus } from '../wire/report-schemas.ts';

const dayMs = 24 * 60 * 60 * 1000;
const longestText = 1000;

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
    text: z.string().trim().max(longestText).optional(),
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

/** Reads the filters of the list; parameters without a value do not count. */
export function parseTaskQuery(query: Query): Parsed<TaskListQuery> {
  return parse(taskQuery, query);
}

export function parseMetricsQuery(query: Query, nowMs: number): Parsed<MetricsQuery> {
  const parsed = parse(metricsQuery, query);
  if (parsed.kind === 'refused') return parsed;
  const { from, to: toMs = nowMs, agent } = parsed.value;
  const fromMs = from ?? toMs - dayMs;
  return fromMs < toMs
    ? { kind: 'accepted', value: { fromMs: fromMs > 0 ? fromMs : undefined, toMs, agent } }
    : refused({ loc: ['query', 'to'], msg: 'Expected a time after `from`', type: 'value_error' });
}

/** Which task is meant. Empty agents and ids cannot be reported. */
export function parseTaskKey(
  query: Query,
): Parsed<{ readonly agent: string; readonly id: string }> {
  return parse(taskKey, query);
}

function parse<T>(schema: z.ZodType<T>, query: Query): Parsed<T> {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const parsed = schema.safeParse(Object.fromEntries(given));
  return parsed.success
    ? { kind: 'accepted', value: parsed.data }
    : { kind: 'refused', detail: fieldErrors('query', parsed.error) };
}

function refused(error: FieldError): Parsed<never> {
  return { kind: 'refused', detail: [error] };
}
