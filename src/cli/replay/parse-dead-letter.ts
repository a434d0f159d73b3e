import * as z from 'zod';

/** The validated content of a dead-letter log line. */
export interface DeadLetter {
  readonly agentId: string;
  readonly id: string;
  readonly isSuccess: boolean;
  /** The request body that resends the report unchanged, including unknown fields. */
  readonly body: string;
}

export type ParsedDeadLetter =
  | ({ readonly kind: 'report' } & DeadLetter)
  | { readonly kind: 'unreadable'; readonly reason: string };

// Without an id each send would create another task. Ids of dots would change the path of the URL.
const id = z.string().regex(/^(?!\s*$|\.{1,2}$)/, 'Invalid id');

const deadLetter = z.object({
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

/** Validates the JSON of a dead-letter log line. The line is untrusted input. */
export function parseDeadLetter(json: string): ParsedDeadLetter {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // The parser's message quotes the line, which may hold secrets.
    return { kind: 'unreadable', reason: 'not valid JSON' };
  }
  const checked = deadLetter.safeParse(value);
  if (!checked.success) return { kind: 'unreadable', reason: reasonOf(checked.error) };
  const { agent_id, report } = checked.data;
  return {
    kind: 'report',
    agentId: agent_id,
    id: report.id,
    isSuccess: report.is_success,
    // The validated copy lacks unknown fields.
    body: JSON.stringify(Reflect.get(Object(value), 'report')),
  };
}

function reasonOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  return issue === undefined
    ? 'not a report'
    : `invalid field '${issue.path.join('.')}': ${issue.message}`;
}
