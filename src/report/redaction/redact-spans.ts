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
