/** Replaces parts of a text: spans, and matches of the user's patterns. */
import { REDACTED } from './secret-shapes.ts';

/** A part of a text, by its first index and the index after its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The text with spans replaced. `spanAt` is asked at each match of the global pattern that no
 * earlier span covers; `done` is where the last span ended.
 */
export function maskSpans(
  text: string,
  triggers: RegExp,
  spanAt: (trigger: string, at: number, done: number) => Span | undefined,
): string {
  let masked = '';
  let done = 0;
  triggers.lastIndex = 0;
  for (let found = triggers.exec(text); found !== null; found = triggers.exec(text)) {
    const span = spanAt(found[0], found.index, done);
    if (span === undefined || span.end <= span.start) continue;
    masked += text.slice(done, span.start) + REDACTED;
    done = span.end;
    triggers.lastIndex = span.end;
  }
  return masked + text.slice(done);
}

/** The text with what the user's patterns match replaced. The patterns must be global. */
export function maskMatches(text: string, patterns: readonly RegExp[]): string {
  let masked = text;
  for (const pattern of patterns) {
    const before = masked;
    masked = before.replace(pattern, (match: string, ...details: unknown[]) => {
      const offset = details.find((detail) => typeof detail === 'number') ?? 0;
      return match === '' || isInMark(before, match, offset) ? match : REDACTED;
    });
  }
  return masked;
}

/** Whether the match is a part of the mark of something masked already: `/\w+/` would never end. */
function isInMark(text: string, match: string, offset: number): boolean {
  if (!REDACTED.includes(match)) return false;
  const around = text.slice(Math.max(0, offset - REDACTED.length), offset + REDACTED.length);
  return around.includes(REDACTED);
}
