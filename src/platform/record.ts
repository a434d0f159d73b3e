/** Converts the platform's snake_case records to camelCase and keeps unknown fields. */

/** The answer is JSON, but not the record that was asked for. */
export class UnreadableRecordError extends Error {
  override readonly name = 'UnreadableRecordError' as const;
}

/**
 * A record with camelCase names. Only its own keys are renamed, because nested objects are user data.
 * Fields that are `null` on the wire stay `null`.
 *
 * @param required - wire names of the text fields that the record must have
 * @throws UnreadableRecordError when the answer is not such a record
 */
export function readRecord(
  what: string,
  answer: unknown,
  required: readonly string[],
): Record<string, unknown> {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    throw new UnreadableRecordError(`${what}: expected an object`);
  }
  const fields = new Map<string, unknown>(Object.entries(answer));
  for (const field of required) {
    if (typeof fields.get(field) !== 'string') {
      throw new UnreadableRecordError(`${what}: '${field}' is missing or not a text`);
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
  if (!Array.isArray(answer)) throw new UnreadableRecordError(`${what}: expected a list`);
  return answer.map((entry) => readRecord(what, entry, required));
}

function camelCase(name: string): string {
  return name.replace(/(?<=[a-z\d])_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
}
