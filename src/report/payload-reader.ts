/** Reads payloads as far as size and time allow. */

import type { Pace } from './pace.ts';
import type { JsonValue } from './text/json-value.ts';
import { textOf } from './text/text-of.ts';
import { beginningOf, roughLength, shorten, shortenText } from './truncation/truncate-value.ts';

/** What a payload becomes before it leaves the function. */
export interface PayloadRules {
  readonly value: (value: JsonValue) => JsonValue | undefined;
  readonly text: (text: string) => string | null;
  readonly error: (thrown: unknown) => string;
  /** The name of a tool, which is no payload but may have been made of one. */
  readonly name: (name: string) => string;
}

export interface PayloadReader {
  readonly value: (value: JsonValue | undefined) => string | null;
  readonly text: (text: string) => string | null;
  /** @param parse - of JSON text, called when there is time for it */
  readonly json: (json: string, parse: () => JsonValue | undefined) => string | null;
  readonly error: (thrown: unknown) => string;
  readonly data: (value: JsonValue) => JsonValue;
}

export interface ReadingLimits {
  /** Of the whole report. */
  readonly maxBytes: number;
  /** For all payloads together. */
  readonly timeMs: number;
  readonly pace: Pace;
}

// Of the time that is left: others are read after it, and the guess may be wrong.
const shareOfOne = 0.5;
// Looking at a character takes that much of what masking it takes.
const lookShare = 0.05;
// So many are read however little time there is: it takes a millisecond or two of a CPU.
const alwaysRead = 8_000;

export function createPayloadReader(
  payload: PayloadRules,
  { maxBytes, timeMs, pace }: ReadingLimits,
): PayloadReader {
  // A text gets half of this: more than a report holds, so that the final cut takes away the edge
  // where a secret may have lost the part that it is recognised by.
  const limit = 3 * maxBytes;
  const deadline = performance.now() + timeMs;

  /** Reads a payload of that many characters whole where there is time for it, else the beginning. */
  const inTime = <Content>(
    characters: number,
    whole: () => Content,
    beginning: (most: number) => Content,
  ): Content => {
    const startedAt = performance.now();
    const affordable = pace.charactersIn((deadline - startedAt) * shareOfOne);
    const most = Math.max(affordable, alwaysRead);
    const masked = Math.min(characters, limit);
    const isAffordable = masked + characters * lookShare <= most;
    const content = isAffordable ? whole() : beginning(most);
    pace.took(isAffordable ? masked : most, performance.now() - startedAt);
    return content;
  };
  const beginning = (of: string, most: number): string | null => {
    const start = beginningOf(of, most);
    if (start === '') return `[${of.length} characters${noTime}]`;
    const text = payload.text(start);
    return text && `${text}…[cut ${of.length - start.length} of ${of.length} characters${noTime}]`;
  };

  const whole = (of: JsonValue | undefined): string | null => {
    if (of === undefined) return null;
    return typeof of === 'string'
      ? payload.text(shortenText(of, limit))
      : textOf(payload.value(shorten(of, limit)));
  };
  const beginningOfData = (of: JsonValue, most: number): string | null =>
    beginning(textOf(shorten(of, limit)) ?? '', most);

  const value = (of: JsonValue | undefined): string | null =>
    of === undefined
      ? null
      : inTime(
          roughLength(of),
          () => whole(of),
          (most) => beginningOfData(of, most),
        );
  return {
    value,
    text: value,
    error: payload.error,
    json: (json, parse) =>
      inTime(
        json.length,
        () => whole(parse()),
        (most) => beginning(json, most),
      ),
    data: (of) =>
      inTime(
        roughLength(of),
        () => payload.value(shorten(of, limit)) ?? null,
        (most) => beginningOfData(of, most),
      ),
  };
}

const noTime = ', left out: there was no time to read them';
