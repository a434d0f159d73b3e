/** Finds reports in a log's text, however deep the export has wrapped its lines. */
import { endOfObject, outermostLevel } from './quoted-text.ts';

/** What an undelivered report starts with in the log: the same at every level of escaping. */
export const marker = '[xpander-lambda] undelivered report {';

/** Characters in front of the marker in which the time of the message is looked for. */
export const contextLength = 300;

/** Something that starts like an undelivered report. */
export type Finding = {
  /** When the line was written, in epoch milliseconds; undefined where it does not say. */
  readonly time: number | undefined;
} & (
  | { readonly kind: 'json'; readonly json: string }
  | { readonly kind: 'unreadable'; readonly reason: string }
);

/** What was found, and where to look on. */
export interface Marked {
  readonly findings: readonly Finding[];
  readonly end: number;
}

/**
 * Reads a text that starts with the marker.
 *
 * @param context - what stands before it
 * @param whole - whether the line ends where the text ends
 * @returns undefined when more of the line has to be known
 */
export function readMarked(text: string, context: string, whole: boolean): Marked | undefined {
  const time = timeIn(context);
  const broken = (reason: string, end: number): Marked => ({
    findings: [{ kind: 'unreadable', reason, time }],
    end,
  });
  if (!whole && text.length < marker.length + longestKey) return undefined;
  const quote = quoteBefore('reason', text);
  if (quote === undefined) return broken(noReport, marker.length);
  if (quote === '"') {
    const start = marker.length - 1;
    const end = endOfObject(text, start);
    if (end === -1) return whole ? broken(truncated, text.length) : undefined;
    return { findings: [{ kind: 'json', json: text.slice(start, end), time }], end };
  }
  const rest = outermostLevel(quote)?.(text);
  if (rest === undefined) return broken(noReport, marker.length);
  if (!rest.closed && !whole) return undefined;
  const [first, ...others] = findMarked(rest.text ?? '');
  if (first === undefined) return broken(rest.closed ? noReport : truncated, rest.end);
  return { findings: [{ ...first, time: first.time ?? time }, ...others], end: rest.end };
}

const truncated = 'it is truncated: its end is missing';
const noReport = 'no report follows: it is truncated, or something else';

// The first key with its quotes escaped four times over.
const longestKey = 64;

/** All that is marked in a text of any number of lines. */
function findMarked(text: string): Finding[] {
  const findings: Finding[] = [];
  for (const line of text.split('\n')) {
    let at = line.indexOf(marker);
    while (at !== -1) {
      const context = line.slice(Math.max(0, at - contextLength), at);
      const marked = readMarked(line.slice(at), context, true);
      findings.push(...(marked?.findings ?? []));
      at = line.indexOf(marker, at + (marked?.end ?? marker.length));
    }
  }
  return findings;
}

/** What the quotation mark looks like in front of the record's first key. */
function quoteBefore(key: string, text: string): string | undefined {
  const quotes = /["\\]+/y;
  quotes.lastIndex = marker.length;
  const [quote] = quotes.exec(text) ?? [];
  return text.startsWith(key, marker.length + (quote?.length ?? 0)) ? quote : undefined;
}

/** Lambda writes the time in front of the message, as text and as JSON. */
function timeIn(context: string): number | undefined {
  const line = context.slice(context.lastIndexOf('\n') + 1);
  // JSON that was made readable has the time on a line of its own.
  const where = /^\s*"message": *"$/.test(line) ? context : line;
  const times = where.match(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g);
  const time = Date.parse(times?.at(-1) ?? '');
  return Number.isNaN(time) ? undefined : time;
}
