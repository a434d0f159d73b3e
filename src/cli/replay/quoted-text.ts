/** Undoes the levels of escaping that a text gets when it is put into JSON or CSV. */

/** The rest of a quoted text. */
export interface QuotedRest {
  /** With this level of escaping undone; undefined when it was not written by that rule. */
  readonly text: string | undefined;
  /** Where the closing quote ends; the source's length when there is none. */
  readonly end: number;
  readonly closed: boolean;
}

/** Reads the rest of a quoted text, from anywhere within. */
export type QuotedReader = (source: string) => QuotedRest;

/**
 * The reader for the outermost level around a text.
 *
 * @param quote - what a quotation mark of that text looks like in there, for instance `\"`
 * @returns undefined when no level turns a quotation mark into that
 */
export function outermostLevel(quote: string): QuotedReader | undefined {
  if (quote.endsWith('\\"')) return readJsonText;
  return quote.endsWith('""') ? readCsvField : undefined;
}

function readJsonText(source: string): QuotedRest {
  const quote = closingQuote(source, 0);
  const closed = quote !== -1;
  const content = closed ? source.slice(0, quote) : source;
  return { text: parseText(`"${content}"`), end: closed ? quote + 1 : source.length, closed };
}

function readCsvField(source: string): QuotedRest {
  let quote = source.indexOf('"');
  while (quote !== -1 && source[quote + 1] === '"') {
    quote = source.indexOf('"', quote + 2);
  }
  // A quote at the very end may be the first half of a doubled one.
  const closed = quote !== -1 && quote + 1 < source.length;
  const content = quote === -1 ? source : source.slice(0, quote);
  return {
    text: content.replaceAll('""', '"'),
    end: quote === -1 ? source.length : quote + 1,
    closed,
  };
}

/**
 * Where a JSON object ends that starts at `start`.
 *
 * @returns the index behind its closing brace; -1 when the text ends before it
 */
export function endOfObject(text: string, start: number): number {
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

function parseText(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
