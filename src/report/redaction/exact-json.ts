/** Parses JSON and notices what parsing loses. */

import type { JsonValue } from '../text/json-value.ts';
import { isCardNumber } from './card-numbers.ts';
import { endOfString } from './cut-off-json.ts';

/** A parsed document and whether its text shows all that the text said. */
export interface ParsedJson {
  readonly value: JsonValue;
  /** False when the text has more than the value: a name twice, the digits of a long card number. */
  readonly isComplete: boolean;
}

/** The JSON of a text, or undefined when it is not JSON. */
export function parseExactly(text: string): ParsedJson | undefined {
  let hasCardNumber = false;
  const withoutCardNumbers = (
    _: string,
    value: unknown,
    context?: { source?: string },
  ): unknown => {
    if (!isCardNumber(context?.source ?? '')) return value;
    hasCardNumber = true;
    return '[redacted]';
  };
  try {
    // A number of more than 16 digits loses the last ones. The slow way is for these alone.
    const value: JsonValue = /\d{17}/.test(text)
      ? JSON.parse(text, withoutCardNumbers)
      : JSON.parse(text);
    return { value, isComplete: !hasCardNumber && saysAll(value, text) };
  } catch {
    return undefined;
  }
}

function saysAll(value: JsonValue, text: string): boolean {
  return JSON.stringify(value) === text || countStrings(value) === countStringsOf(text);
}

/** Strings and names in the data. */
function countStrings(value: JsonValue): number {
  if (typeof value === 'string') return 1;
  if (typeof value !== 'object' || value === null) return 0;
  let count = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const member of Object.values(value)) count += countStrings(member);
  return count;
}

/** Strings and names in the text, including those that a later one of the same name hides. */
function countStringsOf(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) {
    at = endOfString(text, at + 1);
    count++;
  }
  return count;
}
