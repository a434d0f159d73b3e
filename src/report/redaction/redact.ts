/** Masks secrets in what a report carries. */
import type { JsonValue } from '../text/json-value.ts';
import type { Masker, Place } from './redact-context.ts';
import { maskData, maskMember } from './redact-data.ts';
import { readRules, remembered } from './redact-rules.ts';
import { maskMatches } from './redact-spans.ts';
import { maskText } from './redact-text.ts';

/** Masks data and text. Never throws: what cannot be masked is hidden as a whole. */
export interface Redactor {
  readonly redactValue: (value: JsonValue) => JsonValue;
  readonly redactText: (text: string) => string;
}

/** What is reported instead of a field whose masking failed. */
const FAILED = '[redacted: masking failed]';

/**
 * A redactor with the built-in list and the user's rules: the name of a field at any depth, a path
 * from the root (`body.customer.*.iban`), or a pattern. Masked parts become `[redacted]`.
 */
export function createRedactor(rules: readonly (string | RegExp)[]): Redactor {
  let masker: Masker | undefined;
  let root: Place = { trail: [], depth: 0, layers: 0 };
  try {
    const read = readRules(rules);
    root = { ...root, trail: read.paths };
    masker = createMasker(read.factsOf, (text) => maskMatches(text, read.patterns));
  } catch {
    // Without the rules nothing can be shown: the masker stays undefined.
  }
  const guarded = <Content>(mask: (masker: Masker) => Content): Content | typeof FAILED => {
    try {
      return masker === undefined ? FAILED : mask(masker);
    } catch {
      return FAILED;
    }
  };
  return {
    redactValue: (value) => guarded((ready) => ready.maskData(value, root)),
    redactText: (text) => guarded((ready) => ready.maskText(text, root)),
  };
}

function createMasker(factsOf: Masker['factsOf'], maskPatterns: Masker['maskPatterns']): Masker {
  const outside: Place = { trail: [], depth: 0, layers: 0 };
  const masker: Masker = {
    factsOf,
    maskData: (value, place) => maskData(value, place, masker),
    maskMember: (name, value, place) => maskMember(name, value, place, masker),
    maskText: (text, place) => maskText(text, place, masker),
    // A secret without a single digit is not worth a look at every name.
    maskName: remembered((name) =>
      /^[\w-]{1,60}$/.test(name) && !/\d/.test(name) ? name : masker.maskText(name, outside),
    ),
    maskPatterns,
  };
  return masker;
}
