/** Removes the levels of escaping that JSON and CSV add to a shellQuote text. */

export interface UnescapedRest {
  /** The text without this level of escaping; undefined if the escaping is malformed. */
  readonly text: string | undefined;
  /** Index after the closing quote; the length of the source if there is none. */
  readonly end: number;
  readonly closed: boolean;
}

/** Unescapes the rest of a shellQuote text, from any position within it. */
export type Unescaper = (source: string) => UnescapedRest;

/**
 * Chooses the unescaper for the outermost level of escaping.
 *
 * @param quote - a quotation mark as the levels write it, for instance `\"`
 * @returns undefined if no level writes a quotation mark that way
 */
export function unescaperFor(quote: string): Unescaper | undefined {
  if (quote.endsWith('\\"')) return unescapeJsonString;
  return quote.endsWith('""') ? unescapeCsvField : undefined;
}

function unescapeJsonString(source: string): UnescapedRest {
  const quote = closingQuote(source, 0);
  const closed = quote !== -1;
  const content = closed ? source.slice(0, quote) : source;
  return { text: parseString(`"${content}"`), end: closed ? quote + 1 : source.length, closed };
}

function unescapeCsvField(source: string): UnescapedRest {
  let quote = source.indexOf('"');
  while (quote !== -1 && source[quote + 1] === '"') {
    quote = source.indexOf('"', quote + 2);
  }
  // A quote at the very end may be the first of a doubled quote.
  const closed = quote !== -1 && quote + 1 < source.length;
  const content = quote === -1 ? source : source.slice(0, quote);
  return {
    text: content.replaceAll('""', '"'),
    end: quote === -1 ? source.length : quote + 1,
    closed,
  };
}

/**
 * Finds the end of the JSON object that starts at `start`.
 *
 * @returns the index after its closing brace; -1 if the text ends first
 */
export function findObjectEnd(text: string, start: number): number {
  const structure = /["{}]/g;
  structure.lastIndex = start;
  let depth = 0;
  for (let found = structure.exec(text); found; found = structure.exec(text)) {
    if (found[0] === '"') {
      const quote = closingQuote(text, structure.lastIndex);
      if (quote === -1) return -1;
      structure.lastIndex = quote + 1;
    } else {
      depth += found[0] === '{' ? 1 : -1;
      if (depth === 0) return structure.lastIndex;
    }
  }
  return -1;
}

function closingQuote(text: string, from: number): number {
  for (let quote = text.indexOf('"', from); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let first = quote;
    while (first > from && text[first - 1] === '\\') first -= 1;
    if ((quote - first) % 2 === 0) return quote;
  }
  return -1;
}

function parseString(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
