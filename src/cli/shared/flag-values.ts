/** Parses the values of flags. */
import { InvalidArgumentError } from 'commander';

export function wholeNumber(
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) {
      const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`;
      throw new InvalidArgumentError(`Must be a whole number, ${range}.`);
    }
    return value;
  };
}

/** A number of seconds, fractions allowed. */
export function seconds(text: string): number {
  const value = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Must be a number of seconds, 0 or more.');
}

/** A timeout in seconds, up to a day. */
export function timeoutSeconds(text: string): number {
  const value = seconds(text);
  if (value >= 0.001 && value <= 86_400) return value;
  throw new InvalidArgumentError('Must be a number of seconds, 0.001 to 86400.');
}

/** An id or name. Empty values usually come from an unset shell variable. */
export function nonEmpty(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Must not be empty.');
}

/** The values of a repeatable flag. */
export function nonEmptyList(text: string, previous: readonly string[] = []): string[] {
  return [...previous, nonEmpty(text)];
}
