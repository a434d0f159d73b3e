import type * as z from 'zod';

/** A validation error in the format of FastAPI, which xpander.ai uses. */
export interface FieldError {
  /** Path of the field, for instance `['body', 'tokens', 'prompt_tokens']`. */
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

/** Converts errors of zod. The messages do not include the received values. */
export function fieldErrors(place: 'body' | 'query', error: z.ZodError): FieldError[] {
  return error.issues.map((issue) => ({
    loc: [place, ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))],
    msg: issue.message,
    type: errorType(issue),
  }));
}

function errorType(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeNames[issue.expected] ?? issue.code;
    case 'invalid_value':
      return 'enum';
    case 'too_small':
      return issue.origin === 'string' ? 'string_too_short' : 'greater_than_equal';
    case 'too_big':
      return issue.origin === 'string' ? 'string_too_long' : 'less_than_equal';
    default:
      return issue.code;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'string_type',
  number: 'float_type',
  int: 'int_type',
  boolean: 'bool_type',
  array: 'list_type',
  object: 'model_attributes_type',
};
