/** Finds dead-letter log lines in the text of an export, at any level of escaping. */
import { findObjectEnd, unescaperFor } from './unescape-text.ts';

/** The start of a dead-letter log line. It looks the same at every level of escaping. */
export const marker = '[xpander-lambda] undelivered report {';

/** The number of characters before the marker that are searched for the time of the message. */
export const contextLength = 300;

/** A text that starts with the marker. */
export type FoundDeadLetter = {
  /** When the line was logged, in epoch milliseconds; undefined if unknown. */
  readonly time: number | undefined;
} & (
  | { readonly kind: 'json'; readonly json: string }
  | { readonly kind: 'unreadable'; readonly reason: string }
);

export interface DeadLetterMatch {
  readonly deadLetters: readonly FoundDeadLetter[];
  /** Index at which to continue the search. */
  readonly end: number;
}

/**
 * Reads the dead letter at the start of a text.
 *
 * @param text - starts with the marker
 * @param context - the text before it
 * @param isComplete - whether the line ends where the text ends
 * @returns undefined if more of the line is needed
 */
export function readDeadLetter(
  text: string,
  context: string,
  isComplete: boolean,
): DeadLetterMatch | undefined {
  const time = timeIn(context);
  const unreadable = (reason: string, end: number): DeadLetterMatch => ({
    deadLetters: [{ kind: 'unreadable', reason, time }],
    end,
  });
  if (!isComplete && text.length < marker.length + maxKeyLength) return undefined;
  const quote = quoteBefore('reason', text);
  if (quote === undefined) return unreadable(notAReport, marker.length);
  if (quote === '"') {
    const start = marker.length - 1;
    const end = findObjectEnd(text, start);
    if (end === -1) return isComplete ? unreadable(truncated, text.length) : undefined;
    return { deadLetters: [{ kind: 'json', json: text.slice(start, end), time }], end };
  }
  const rest = unescaperFor(quote)?.(text);
  if (rest === undefined) return unreadable(notAReport, marker.length);
  if (!rest.closed && !isComplete) return undefined;
  const [first, ...others] = findDeadLetters(rest.text ?? '');
  if (first === undefined) return unreadable(rest.closed ? notAReport : truncated, rest.end);
  return { deadLetters: [{ ...first, time: first.time ?? time }, ...others], end: rest.end };
}

const truncated = 'truncated: the end of the report is missing';
const notAReport = 'not a report: the line is truncated or has another format';

// The first key with its quotes escaped four times.
const maxKeyLength = 64;

/** Finds all dead letters in a complete text of one or more lines. */
function findDeadLetters(text: string): FoundDeadLetter[] {
  const deadLetters: FoundDeadLetter[] = [];
  for (const line of text.split('\n')) {
    let at = line.indexOf(marker);
    while (at !== -1) {
      const context = line.slice(Math.max(0, at - contextLength), at);
      const match = readDeadLetter(line.slice(at), context, true);
      deadLetters.push(...(match?.deadLetters ?? []));
      at = line.indexOf(marker, at + (match?.end ?? marker.length));
    }
  }
  return deadLetters;
}

/** The quotation mark before the first key, as the level of escaping writes it. */
function quoteBefore(key: string, text: string): string | undefined {
  const quotes = /["\\]+/y;
  quotes.lastIndex = marker.length;
  const [quote] = quotes.exec(text) ?? [];
  return text.startsWith(key, marker.length + (quote?.length ?? 0)) ? quote : undefined;
}

/** Finds the time that Lambda writes before the message, in text and in JSON logs. */
function timeIn(context: string): number | undefined {
  const line = context.slice(context.lastIndexOf('\n') + 1);
  // Indented JSON has the time on its own line.
  const searched = /^\s*"message": *"$/.test(line) ? context : line;
  const times = searched.match(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g);
  const time = Date.parse(times?.at(-1) ?? '');
  return Number.isNaN(time) ? undefined : time;
}
