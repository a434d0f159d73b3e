/** Reads the values of flags; what is wrong with one is a sentence. */
import { InvalidArgumentError } from 'commander';

/** A whole number. */
export function wholeNumber(
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) {
      const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
      throw new InvalidArgumentError(`It must be a whole number, ${range}.`);
    }
    return value;
  };
}

/** A time in seconds, fractions allowed. */
export function seconds(text: string): number {
  const value = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It must be a number of seconds, 0 or more.');
}

/** How long to wait, in seconds: more than none. */
export function waitingTime(text: string): number {
  const value = seconds(text);
  if (value >= 0.001 && value <= 86_400) return value;
  throw new InvalidArgumentError('It must be a number of seconds, 0.001 to 86400.');
}

/** An id or name. An empty one comes from a variable of the shell that is not set. */
export function name(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('It must not be empty.');
}

/** Names of a flag that can be repeated. */
export function names(text: string, earlier: readonly string[] = []): string[] {
  return [...earlier, name(text)];
}
