/** Parses JSON for display and keeps the original digits of numbers. */

/** A number with digits that JavaScript would round. */
export class ExactNumber {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }
}

export type ReadJson =
  | { readonly kind: 'json'; readonly value: object }
  /** Not JSON, or a JSON value that is shown as text. */
  | { readonly kind: 'text' };

// Only such numbers can lose digits. Parsing with a reviver is slower.
const inexactNumber = /\d{16}|\d[eE]|\.\d*0\b/;

export function readJson(text: string): ReadJson {
  if (!/^\s*[[{]/.test(text)) return { kind: 'text' };
  try {
    const value: unknown = inexactNumber.test(text)
      ? JSON.parse(text, keepDigits)
      : JSON.parse(text);
    return typeof value === 'object' && value !== null ? { kind: 'json', value } : { kind: 'text' };
  } catch {
    return { kind: 'text' };
  }
}

/** Indented JSON for copying; null if it is nested too deeply. */
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
    ? new ExactNumber(digits)
    : value;
}
