/** Reads JSON of which the end is missing. */
import type { JsonValue } from '../text/json-value.ts';

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
export function endOfString(text: string, start: number): number {
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
