/** Turns the platform's snake_case records into ours, keeping every field that we do not know. */
import { ApiError } from '../errors.ts';

/**
 * A record with camelCase names. Only the record's own keys are renamed: what lies below is
 * somebody's data. Fields that are `null` on the wire stay `null`.
 *
 * @param required - wire names of the text fields without which the record is of no use
 * @throws ApiError when the answer is not such a record
 */
export function readRecord(
  what: string,
  answer: unknown,
  required: readonly string[],
): Record<string, unknown> {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    throw unreadable(`${what}: expected an object`, answer);
  }
  const fields = new Map<string, unknown>(Object.entries(answer));
  for (const field of required) {
    if (typeof fields.get(field) !== 'string') {
      throw unreadable(`${what}: '${field}' is missing or not a text`, answer);
    }
  }
  return inCamelCase(answer);
}

/** An object's own fields under their camelCase names. */
export function inCamelCase(record: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [camelCase(name), value]),
  );
}

/** A list of records. */
export function readRecords(
  what: string,
  answer: unknown,
  required: readonly string[],
): Record<string, unknown>[] {
  if (!Array.isArray(answer)) throw unreadable(`${what}: expected a list`, answer);
  return answer.map((entry) => readRecord(what, entry, required));
}

function camelCase(name: string): string {
  return name.replace(/(?<=[a-z\d])_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
}

function unreadable(problem: string, answer: unknown): ApiError {
  return new ApiError(
    `The platform's answer cannot be read: ${problem}. Is the base URL that of xpander.ai?`,
    { statusCode: 200, description: JSON.stringify(answer) ?? '' },
  );
}
