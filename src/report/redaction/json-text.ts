/** Parses JSON, also where its end is missing, and reports what parsing loses. */
import type { JsonValue } from '../text/json-value.ts';
import { isCardNumber } from './secret-shapes.ts';

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

/** JSON that was closed where it broke off. */
export interface ClosedJson {
  readonly value: JsonValue;
  /** What was added at the end. */
  readonly closing: string;
}

/**
 * What the beginning of a JSON document says. A text that breaks off is kept, a name without a
 * value or half a number is not. Undefined when the text is not the beginning of JSON.
 */
export function readCutOffJson(text: string): ClosedJson | undefined {
  const { brackets, inString, lastPlace } = readStructure(text);
  if (!inString) {
    if (brackets === '') return undefined;
    return closedWith(text, brackets) ?? closedWith(text.slice(0, lastPlace), brackets);
  }
  const kept = text.slice(0, startOfBrokenEscape(text));
  return closedWith(kept, `"${brackets}`) ?? closedWith(text.slice(0, lastPlace), brackets);
}

interface Structure {
  /** What closes all that is open. */
  readonly brackets: string;
  readonly inString: boolean;
  /** The last index at which these brackets make the text before it complete. */
  readonly lastPlace: number;
}

function readStructure(text: string): Structure {
  const marks = /["[\]{},]/g;
  const open: string[] = [];
  let lastPlace = 0;
  let inString = false;
  for (let found = marks.exec(text); found !== null; found = marks.exec(text)) {
    const [mark] = found;
    if (mark === '"') {
      const end = endOfString(text, marks.lastIndex);
      inString = end === -1;
      if (inString) break;
      marks.lastIndex = end + 1;
      continue;
    }
    if (mark === '[') open.push(']');
    else if (mark === '{') open.push('}');
    else if (mark !== ',') open.pop();
    lastPlace = mark === ',' ? found.index : marks.lastIndex;
  }
  return { brackets: open.toReversed().join(''), inString, lastPlace };
}

/** Index of the quote that ends the string whose content begins at `start`, or -1. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start); at !== -1; at = text.indexOf('"', at + 1)) {
    let first = at;
    while (first > start && text.charAt(first - 1) === '\\') first--;
    if ((at - first) % 2 === 0) return at;
  }
  return -1;
}

/** Where the text ends without an escape of which a part is missing. */
function startOfBrokenEscape(text: string): number {
  // An even number of backslashes before it would make the last one content.
  const broken = /(?<!\\)(?:\\\\)*(\\(?:u[\da-fA-F]{0,3})?)$/.exec(text.slice(-2000));
  return text.length - (broken?.[1]?.length ?? 0);
}

function closedWith(text: string, closing: string): ClosedJson | undefined {
  try {
    return { value: JSON.parse(text + closing), closing };
  } catch {
    return undefined;
  }
}
