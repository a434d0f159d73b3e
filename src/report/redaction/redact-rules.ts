/** What is redacted: the built-in list and the user's own rules. */
import * as types from 'node:util/types';
import { normalName, type Sensitivity, sensitivityOf } from './sensitive-keys.ts';

/** What a name tells. */
export interface NameFacts {
  /** The name as rules spell it. */
  readonly normal: string;
  /** What is to be hidden under the name. */
  readonly sensitivity: Sensitivity;
  /** Whether its value is a name, whose value is in a field beside it. */
  readonly isNameField: boolean;
  /** Whether it may be the field with that value. */
  readonly isValueField: boolean;
}

export interface RedactRules {
  readonly factsOf: (name: string) => NameFacts;
  /** Paths from the root, as normal names; `*` stands for any one name or index. */
  readonly paths: readonly (readonly string[])[];
  /** Global patterns of our own, which nobody else's `lastIndex` depends on. */
  readonly patterns: readonly RegExp[];
}

/** Remembered answers for names. Names that are data (ids as keys) must not fill the memory. */
const MOST_KNOWN_NAMES = 2000;

/**
 * Reads the user's rules.
 *
 * @throws when a pattern cannot be read or does not behave like a regular expression
 */
export function readRules(rules: readonly (string | RegExp)[]): RedactRules {
  const texts = rules.filter((rule) => typeof rule === 'string');
  const paths = texts.filter((text) => text.includes('.') || text.includes('['));
  const names = new Set(texts.filter((text) => !paths.includes(text)).map(normalName));
  return {
    factsOf: remembered((name) => {
      const normal = normalName(name);
      return {
        normal,
        sensitivity: names.has(normal) ? 'all' : sensitivityOf(name),
        isNameField: isNameField(normal),
        isValueField: isValueField(normal),
      };
    }),
    paths: paths.map(readPath).filter((path) => path.length > 0),
    patterns: rules.filter((rule) => typeof rule !== 'string').map(ownPattern),
  };
}

/** A name as paths spell it. */
export function pathName(name: string): string {
  return name === '*' ? name : normalName(name);
}

/** `$.items[0].iban` and `items.0.iban` are the same. */
function readPath(path: string): string[] {
  const parts = path.replace(/^\$/, '').split(/[.[\]]+/);
  return parts.filter((part) => part !== '').map(pathName);
}

function ownPattern(rule: unknown): RegExp {
  if (!types.isRegExp(rule)) throw new TypeError('A rule must be a text or a regular expression.');
  // A subclass may find other things than its source says.
  if (
    rule.exec !== RegExp.prototype.exec ||
    rule[Symbol.replace] !== RegExp.prototype[Symbol.replace]
  ) {
    throw new TypeError('A rule must be a plain regular expression.');
  }
  return new RegExp(rule.source, `${rule.flags.replace(/[gy]/g, '')}g`);
}

/** The function with its first answers kept: most names come again and again. */
export function remembered<Answer>(answer: (name: string) => Answer): (name: string) => Answer {
  const known = new Map<string, Answer>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const fresh = answer(name);
    if (known.size < MOST_KNOWN_NAMES) known.set(name, fresh);
    return fresh;
  };
}

/**
 * The two halves of a field that is written as an object, such as
 * `{ "name": "Authorization", "value": "…" }` of a header list.
 */
const nameFields =
  /^(?:(?:header|parameter|attribute|field|variable|cookie|property|tag)?(?:name|key)|k|header|field|parameter|attribute|variable|property|label|id)$/;
const valueFields =
  /^(?:(?:header|parameter|attribute|field|variable|cookie|property|tag|string|binary|default|text|raw|secret)?values?|v|val)$/;

/** Whether a field with this normal name tells the name of something. */
function isNameField(normalName: string): boolean {
  return nameFields.test(normalName);
}

/** Whether a field with this normal name tells the value of something. */
function isValueField(normalName: string): boolean {
  return valueFields.test(normalName);
}
