/** Reads JSON for showing: numbers keep the digits that they were written with. */

/** A number whose digits JavaScript would round. */
export class WrittenNumber {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }
}

export type ReadJson =
  | { readonly kind: 'json'; readonly value: object }
  /** No JSON, or JSON that is no more readable than the text itself. */
  | { readonly kind: 'text' };

// Only then can a number be other than it reads; looking at each one costs time.
const longNumber = /\d{16}|\d[eE]|\.\d*0\b/;

export function readJson(text: string): ReadJson {
  if (!/^\s*[[{]/.test(text)) return { kind: 'text' };
  try {
    const value: unknown = longNumber.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
    return typeof value === 'object' && value !== null ? { kind: 'json', value } : { kind: 'text' };
  } catch {
    return { kind: 'text' };
  }
}

/** JSON with line breaks for copying; null where it is nested too deeply. */
export function prettyJson(value: unknown): string | null {
  try {
    return JSON.stringify(value, null, 2) ?? 'null';
  } catch {
    return null;
  }
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const digits = context?.source;
  return typeof value === 'number' && digits !== undefined && String(value) !== digits
    ? new WrittenNumber(digits)
    : value;
}
