/** Checks values from users and describes in one sentence what is wrong. */
import { ConfigurationError } from '../errors.ts';

/** Returns a description of the expected value, or undefined if the value is valid. */
export type Check = (value: unknown) => string | undefined;

export const aString: Check = (value) =>
  typeof value === 'string' && value.trim() !== '' ? undefined : 'a non-empty string';

export const anyString: Check = (value) => (typeof value === 'string' ? undefined : 'a string');

export const aBoolean: Check = (value) =>
  typeof value === 'boolean' ? undefined : 'true or false';

export const aFunction: Check = (value) => (typeof value === 'function' ? undefined : 'a function');

export const anything: Check = () => undefined;

export const aHost: Check = (value) =>
  typeof value === 'string' && /^(?:\*\.)?(?:[\w.-]+|\[[\da-f:]+\])(?::\d{1,5})?$/i.test(value)
    ? undefined
    : "a host such as 'llm.example.com', 'localhost:8080' or '*.example.com'";

export function anInteger(from: number, to: number = Number.MAX_SAFE_INTEGER): Check {
  const upTo = to === Number.MAX_SAFE_INTEGER ? 'or more' : `to ${to}`;
  return (value) =>
    Number.isSafeInteger(value) && Number(value) >= from && Number(value) <= to
      ? undefined
      : `a whole number, ${from} ${upTo}`;
}

export function aNumber(from: number, to: number = Number.POSITIVE_INFINITY): Check {
  const upTo = to === Number.POSITIVE_INFINITY ? 'or more' : `to ${to}`;
  return (value) =>
    Number.isFinite(value) && Number(value) >= from && Number(value) <= to
      ? undefined
      : `a number, ${from} ${upTo}`;
}

export function oneOf(choices: readonly string[]): Check {
  return (value) =>
    typeof value === 'string' && choices.includes(value)
      ? undefined
      : `one of ${choices.map((choice) => `'${choice}'`).join(', ')}`;
}

export function listOf(check: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return `a list, each entry ${check(undefined) ?? 'a value'}`;
    const wrong = value.findIndex((entry) => check(entry) !== undefined);
    return wrong === -1
      ? undefined
      : `a list, each entry ${check(value[wrong])} (entry ${wrong} is ${show(value[wrong])})`;
  };
}

/** Accepts null in addition. */
export function orNull(check: Check): Check {
  return (value) => (value === null ? undefined : check(value) && `${check(value)}, or null`);
}

/**
 * Checks the fields of an object. Fields with the value undefined count as not set.
 *
 * @param subject - the object's name in the message, for instance `taskReporter()`
 * @param secrets - fields whose value must not be shown
 * @throws ConfigurationError for an unknown or invalid field
 */
export function checkFields(
  subject: string,
  fields: unknown,
  checks: Readonly<Record<string, Check>>,
  secrets: readonly string[] = [],
): void {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new ConfigurationError(`${subject}: expected an object, got ${show(fields)}.`);
  }
  for (const [name, value] of Object.entries(fields)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined) {
      throw new ConfigurationError(
        `${subject}: unknown field '${name}'. Valid fields: ${Object.keys(checks).join(', ')}.`,
      );
    }
    const expected = value === undefined ? undefined : check(value);
    if (expected !== undefined) {
      const got = secrets.includes(name) ? 'something else' : show(value);
      throw new ConfigurationError(`${subject}: '${name}' must be ${expected}; it is ${got}.`);
    }
  }
}

function show(value: unknown): string {
  if (typeof value === 'string') {
    return value.length > 60 ? `'${value.slice(0, 60)}…'` : `'${value}'`;
  }
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
