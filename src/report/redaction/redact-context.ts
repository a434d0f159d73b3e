/** What the parts of the redactor know of each other: data holds text, text holds data. */

import type { JsonValue } from '../text/json-value.ts';
import { type NameFacts, pathName } from './redact-rules.ts';

/** Texts in texts (JSON, base64, forms) that are opened. An SNS message in an SQS record needs 3. */
const MAX_LAYERS = 12;

/** Where in a payload the redactor is. */
export interface Place {
  /** What remains of the user's paths from here on. */
  readonly trail: readonly (readonly string[])[];
  /** Lists and objects around, within the same text. */
  readonly depth: number;
  /** Texts around that had to be decoded. */
  readonly layers: number;
}

export interface Masker {
  readonly factsOf: (name: string) => NameFacts;
  readonly maskData: (value: JsonValue, place: Place) => JsonValue;
  /** Masks the value of a field or parameter, by its name or by what is in it. */
  readonly maskMember: (name: string, value: JsonValue, place: Place) => JsonValue;
  readonly maskText: (text: string, place: Place) => string;
  /** Masks a name that is a secret itself. */
  readonly maskName: (name: string) => string;
  /** Masks the matches of the user's patterns. */
  readonly maskPatterns: (text: string) => string;
}

/** The place inside of an object or list. */
export function placeOfMember(place: Place, name: string): Place {
  const depth = place.depth + 1;
  if (place.trail.length === 0) return { trail: place.trail, depth, layers: place.layers };
  const spelled = pathName(name);
  const trail = place.trail
    .filter((path) => path.length > 1 && isStep(path[0], spelled))
    .map((path) => path.slice(1));
  return { trail, depth, layers: place.layers };
}

/** Whether one of the user's paths ends at the member. */
export function isPathEnd(place: Place, name: string): boolean {
  if (place.trail.length === 0) return false;
  const spelled = pathName(name);
  return place.trail.some((path) => path.length === 1 && isStep(path[0], spelled));
}

/** The place inside of a text that was decoded, undefined when there are too many around it. */
export function placeInText(place: Place): Place | undefined {
  if (place.layers >= MAX_LAYERS) return undefined;
  return { trail: place.trail, depth: 0, layers: place.layers + 1 };
}

function isStep(step: string | undefined, name: string): boolean {
  return step === '*' || step === name;
}
