import * as z from 'zod';

/** An undelivered report as the log holds it, with everything in it that has to be relied on. */
export interface UndeliveredLine {
  readonly agentId: string;
  readonly id: string;
  readonly isSuccess: boolean;
  /** The request body that sends it again: the report as it is, fields that are not known included. */
  readonly body: string;
}

/** A line that has been read, or what is wrong with it. */
export type ParsedLine =
  | ({ readonly kind: 'report' } & UndeliveredLine)
  | { readonly kind: 'unreadable'; readonly reason: string };

// Without an id each sending would make a new task, and none of them would be the run's. Dots
// alone would lead a URL elsewhere.
const id = z.string().regex(/^(?!\s*$|\.{1,2}$)/, 'Invalid id');

const record = z.object({
  reason: z.string(),
  attempts: z.int().nonnegative(),
  agent_id: id,
  report: z.object({
    id,
    input: z.string().nullish(),
    llm_response: z.unknown(),
    tokens: z.record(z.string(), z.unknown()).nullish(),
    is_success: z.boolean(),
    result: z.string().nullish(),
    duration: z.number().nonnegative().nullish(),
    used_tools: z.array(z.string()).nullish(),
  }),
});

/** Reads the JSON of an undelivered report. Anyone who can write into a log may have written it. */
export function parseUndeliveredLine(json: string): ParsedLine {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // Without the parser's message: it quotes from the line.
    return { kind: 'unreadable', reason: 'it is not valid JSON' };
  }
  const checked = record.safeParse(value);
  if (!checked.success) return { kind: 'unreadable', reason: reasonOf(checked.error) };
  const { agent_id, report } = checked.data;
  return {
    kind: 'report',
    agentId: agent_id,
    id: report.id,
    isSuccess: report.is_success,
    // Not the checked copy: it lacks what the check does not know.
    body: JSON.stringify(Reflect.get(Object(value), 'report')),
  };
}

function reasonOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  return issue === undefined
    ? 'it is no report'
    : `'${issue.path.join('.')}' is not that of a report: ${issue.message}`;
}
