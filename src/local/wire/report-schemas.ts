import * as z from 'zod';
import { type FieldError, fieldErrors } from './field-errors.ts';
import { limitDepth } from './limit-depth.ts';

/** The status of a task. A report sets it to `completed` or `failed`. */
export type TaskStatus =
  | 'pending'
  | 'executing'
  | 'paused'
  | 'error'
  | 'failed'
  | 'completed'
  | 'stopped';

/** Tokens on the wire. Additional counts of newer clients are kept. */
export interface WireTokens {
  readonly [count: string]: unknown;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  /** The sum of prompt and completion, independent of the reported total. */
  readonly total_tokens: number;
}

/** A valid report with default values. */
export interface AcceptedReport {
  /** Null if the platform must generate one. */
  readonly id: string | null;
  readonly status: TaskStatus;
  readonly input: string | null;
  readonly result: string | null;
  readonly tokens: WireTokens | null;
  readonly usedTools: readonly string[];
  readonly durationSeconds: number;
  /** The raw response; undefined if there is none. */
  readonly llmResponse: unknown;
  /** The body as received, including unknown fields and `llm_response`. */
  readonly body: string;
}

/** The filters of the task history. */
export interface HistoryFilters {
  readonly status: TaskStatus | undefined;
  /** Whether a filter requires a value that no report can set. */
  readonly matchesNothing: boolean;
}

/** A value parsed from a request, or validation errors. */
export type Parsed<T> =
  | { readonly kind: 'accepted'; readonly value: T }
  | { readonly kind: 'rejected'; readonly detail: readonly FieldError[] };

export const taskStatus: z.ZodType<TaskStatus> = z.enum([
  'pending',
  'executing',
  'paused',
  'error',
  'failed',
  'completed',
  'stopped',
]);

// Serializing much deeper JSON can overflow the stack.
const maxCountDepth = 20;

// A longer id does not fit into a URL, so the task could not be read.
const maxIdLength = 2048;

const tokenCount = z.int().nonnegative().nullish();

export const wireTokens: z.ZodType<WireTokens> = z
  .looseObject({
    prompt_tokens: tokenCount,
    completion_tokens: tokenCount,
    cache_read_tokens: tokenCount,
    cache_write_tokens: tokenCount,
    total_tokens: tokenCount,
  })
  .refine(
    (tokens) => Number.isSafeInteger((tokens.prompt_tokens ?? 0) + (tokens.completion_tokens ?? 0)),
    'The sum is too large',
  )
  .transform((tokens) => {
    const prompt = tokens.prompt_tokens ?? 0;
    const completion = tokens.completion_tokens ?? 0;
    const otherCounts = Object.entries(tokens).map(([name, value]) => [
      name,
      limitDepth(value, maxCountDepth),
    ]);
    return {
      ...Object.fromEntries(otherCounts),
      prompt_tokens: prompt,
      completion_tokens: completion,
      cache_read_tokens: tokens.cache_read_tokens ?? 0,
      cache_write_tokens: tokens.cache_write_tokens ?? 0,
      total_tokens: prompt + completion,
    };
  });

// Null means the default because the types of the Python SDK allow it everywhere.
const reportBody = z.object({
  id: z.string().min(1).max(maxIdLength).nullish(),
  input: z.string().nullish(),
  tokens: wireTokens.nullish(),
  is_success: z.boolean().nullish(),
  result: z.string().nullish(),
  duration: z.number().nonnegative().nullish(),
  used_tools: z.array(z.string()).nullish(),
  llm_response: z.unknown().optional(),
});

// The Python SDK sends an empty string for a filter without a value.
const filterValue = z.preprocess((value) => (value === '' ? undefined : value), z.unknown());

const historyQuery = z.object({
  status: filterValue.pipe(taskStatus.optional()),
  user_id: filterValue,
  parent_task_id: filterValue,
  triggering_agent_id: filterValue,
  internal_status: filterValue,
});

/** Parses the body of `report_task`. */
export function parseReport(body: string, contentType: string | undefined): Parsed<AcceptedReport> {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(contentType ?? '')) {
    return rejectedBody(
      'Send the report as JSON, with content-type: application/json',
      'model_attributes_type',
    );
  }
  const json = parseJson(body);
  if (json.kind === 'invalid') {
    return rejectedBody('The body is not valid JSON', 'json_invalid');
  }
  const parsed = reportBody.safeParse(json.value);
  if (!parsed.success) {
    return { kind: 'rejected', detail: fieldErrors('body', parsed.error) };
  }
  const report = parsed.data;
  return {
    kind: 'accepted',
    value: {
      id: report.id ?? null,
      status: (report.is_success ?? true) ? 'completed' : 'failed',
      input: report.input ?? null,
      result: report.result ?? null,
      tokens: report.tokens ?? null,
      usedTools: report.used_tools ?? [],
      durationSeconds: report.duration ?? 0,
      llmResponse: report.llm_response,
      body,
    },
  };
}

/** Parses the query of the task history. Unknown parameters are ignored. */
export function parseHistoryQuery(query: Readonly<Record<string, string>>): Parsed<HistoryFilters> {
  const parsed = historyQuery.safeParse(query);
  if (!parsed.success) {
    return { kind: 'rejected', detail: fieldErrors('query', parsed.error) };
  }
  const { status, ...others } = parsed.data;
  const matchesNothing = Object.values(others).some((value) => value !== undefined);
  return { kind: 'accepted', value: { status, matchesNothing } };
}

// Drops the parser's message because it quotes the body, which may contain secrets.
function parseJson(text: string): { kind: 'json'; value: unknown } | { kind: 'invalid' } {
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    return { kind: 'invalid' };
  }
}

function rejectedBody(msg: string, type: string): Parsed<never> {
  return { kind: 'rejected', detail: [{ loc: ['body'], msg, type }] };
}
