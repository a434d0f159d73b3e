import * as z from 'zod';
import { type FieldError, fieldErrors } from './field-errors.ts';
import { limitDepth } from './limit-depth.ts';

/** What a task can be; a report makes it `completed` or `failed`. */
export type TaskStatus =
  | 'pending'
  | 'executing'
  | 'paused'
  | 'error'
  | 'failed'
  | 'completed'
  | 'stopped';

/** Tokens as they go over the wire; further counts, which newer clients send, are kept. */
export interface WireTokens {
  readonly [count: string]: unknown;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  /** Prompt and completion, whatever the report said. */
  readonly total_tokens: number;
}

/** A report whose fields are right, with the defaults of the wire filled in. */
export interface AcceptedReport {
  /** `null`: the platform makes one. */
  readonly id: string | null;
  readonly status: TaskStatus;
  readonly input: string | null;
  readonly result: string | null;
  readonly tokens: WireTokens | null;
  readonly usedTools: readonly string[];
  readonly durationSeconds: number;
  /** Raw, undefined when there is none. */
  readonly llmResponse: unknown;
  /** The body as it came, unknown fields and `llm_response` included. */
  readonly body: string;
}

/** The filters of the task history. */
export interface HistoryFilters {
  readonly status: TaskStatus | undefined;
  /** A filter asks for a value that no report can set, so no task has it. */
  readonly matchesNothing: boolean;
}

/** A value that was read from a request, or why it could not be. */
export type Parsed<T> =
  | { readonly kind: 'accepted'; readonly value: T }
  | { readonly kind: 'refused'; readonly detail: readonly FieldError[] };

export const taskStatus: z.ZodType<TaskStatus> = z.enum([
  'pending',
  'executing',
  'paused',
  'error',
  'failed',
  'completed',
  'stopped',
]);

// Of further counts: much deeper ones could not be written as JSON again.
const deepestCount = 20;

// An id that does not fit into a URL could not be read again.
const longestId = 2048;

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
    const further = Object.entries(tokens).map(([name, value]) => [
      name,
      limitDepth(value, deepestCount),
    ]);
    return {
      ...Object.fromEntries(further),
      prompt_tokens: prompt,
      completion_tokens: completion,
      cache_read_tokens: tokens.cache_read_tokens ?? 0,
      cache_write_tokens: tokens.cache_write_tokens ?? 0,
      total_tokens: prompt + completion,
    };
  });

// Nulls stand for the defaults, because the types of the Python SDK allow them everywhere.
const reportBody = z.object({
  id: z.string().min(1).max(longestId).nullish(),
  input: z.string().nullish(),
  tokens: wireTokens.nullish(),
  is_success: z.boolean().nullish(),
  result: z.string().nullish(),
  duration: z.number().nonnegative().nullish(),
  used_tools: z.array(z.string()).nullish(),
  llm_response: z.unknown().optional(),
});

// The Python SDK writes a filter without a value as an empty string.
const filterValue = z.preprocess((value) => (value === '' ? undefined : value), z.unknown());

const historyQuery = z.object({
  status: filterValue.pipe(taskStatus.optional()),
  user_id: filterValue,
  parent_task_id: filterValue,
  triggering_agent_id: filterValue,
  internal_status: filterValue,
});

/** Reads the body of `report_task`. */
export function parseReport(body: string, contentType: string | undefined): Parsed<AcceptedReport> {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(contentType ?? '')) {
    return refusedBody(
      'Send the report as JSON, with content-type: application/json',
      'model_attributes_type',
    );
  }
  const json = parseJson(body);
  if (json.kind === 'broken') {
    return refusedBody('The body is not valid JSON', 'json_invalid');
  }
  const parsed = reportBody.safeParse(json.value);
  if (!parsed.success) {
    return { kind: 'refused', detail: fieldErrors('body', parsed.error) };
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

/** Reads the query of the task history; parameters that are no filter are ignored. */
export function parseHistoryQuery(query: Readonly<Record<string, string>>): Parsed<HistoryFilters> {
  const parsed = historyQuery.safeParse(query);
  if (!parsed.success) {
    return { kind: 'refused', detail: fieldErrors('query', parsed.error) };
  }
  const { status, ...others } = parsed.data;
  const matchesNothing = Object.values(others).some((value) => value !== undefined);
  return { kind: 'accepted', value: { status, matchesNothing } };
}

// The parser's own message quotes the body, which may hold secrets.
function parseJson(text: string): { kind: 'json'; value: unknown } | { kind: 'broken' } {
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    return { kind: 'broken' };
  }
}

function refusedBody(msg: string, type: string): Parsed<never> {
  return { kind: 'refused', detail: [{ loc: ['body'], msg, type }] };
}
