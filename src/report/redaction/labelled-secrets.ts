/**
 * Finds secrets in free text by the name that stands before them: `password=…`, `"apiKey": "…"` in
 * JSON that does not parse, `Authorization: …`.
 */
import { isCount, isHarmless, isPlaceholder } from './harmless-value.ts';
import { type Label, labelBefore } from './label-before.ts';
import { type FactsOf, sensitivityOfLabel, sensitivityOfName } from './label-sensitivity.ts';
import { maskSpans, type Span } from './redact-spans.ts';
import { REDACTED } from './secret-shapes.ts';
import type { Sensitivity } from './sensitive-keys.ts';
import { endOfAssigned, endOfBrackets, endOfLine, endOfQuoted, endOfWord } from './value-extent.ts';

/** Names of which the whole rest of the line is hidden: their values have spaces. */
const valueHasSpaces = /authorization|cookie|credential|connectionstr|pass|phrase/;

/** Of these the same where they are assigned in the middle of a line: `authorization=Bearer …`. */
const assignedWithSpaces = /authorization|cookie|credential/;

/** What may stand before a name that begins a line or, in a connection string, a setting. */
const lineBegin = /(?:[\r\n][ \t>#*-]*(?:export |set |\$env:)?|;\s?)$/;
const lineOrTextBegin = /(?:(?:^|[\r\n])[ \t>#*-]*(?:export |set |\$env:)?|;\s?)$/;

/** A label and what is hidden after it. */
interface Secret {
  readonly text: string;
  readonly label: Label;
  readonly separator: number;
  readonly sensitivity: Sensitivity;
  readonly factsOf: FactsOf;
}

/** The text with the value after each sensitive name replaced. */
export function maskLabelled(text: string, factsOf: FactsOf): string {
  // Whether `"name": "authorization"` was the last name, so that its "value" is a secret.
  let isNamedSecret = false;
  return maskSpans(text, /[:=]/g, (_, separator, done) => {
    const label = labelBefore(text, separator, done);
    if (label === undefined) return undefined;
    const { isNameField, isValueField } = factsOf(label.name);
    let sensitivity = sensitivityOfLabel(text, label, factsOf);
    // In JSON such names are quoted, in the attributes of HTML they are not.
    if (label.isQuoted || text.charAt(separator) === '=') {
      if (isNamedSecret && isValueField) {
        sensitivity = 'all';
        isNamedSecret = false;
      }
      if (isNameField) isNamedSecret = isSecretName(text, separator, factsOf);
    }
    if (sensitivity === 'none') return undefined;
    return valueAfter({ text, label, separator, sensitivity, factsOf });
  });
}

function isSecretName(text: string, separator: number, factsOf: FactsOf): boolean {
  const after = text.slice(separator + 1, separator + 120);
  const name = /^\s*\\*["']([^"'\\]{1,80})\\*["']/.exec(after)?.[1];
  return name !== undefined && factsOf(name).sensitivity !== 'none';
}

function valueAfter(secret: Secret): Span | undefined {
  const { text, label, separator, sensitivity, factsOf } = secret;
  if (!label.isQuoted && text.startsWith('://', separator)) return undefined;
  const lead = label.isQuoted ? /[=>:]{0,2}\s*/y : /[=>:]{0,2}[ \t]*\*{0,3}[ \t]*/y;
  lead.lastIndex = separator + 1;
  lead.test(text);
  const start = lead.lastIndex;
  const quoted = quotedAt(text, start);
  if (quoted !== undefined) {
    const value = text.slice(quoted.start, quoted.end);
    const isShown = isPlaceholder(value) || (sensitivity === 'tokens' && isCount(value));
    return isShown ? undefined : quoted;
  }
  const isMasked = text.startsWith(REDACTED, start);
  if (isMasked && label.isQuoted) return undefined;
  if (!isMasked && /[[{]/.test(text.charAt(start))) return structureAt(text, start, sensitivity);
  const end = endOfPlain(secret, start);
  const value = text.slice(start, end);
  if (isHarmless(value, (name) => sensitivityOfName(name, factsOf) !== 'none')) return undefined;
  // Where texts are counted, a word is a word; what has letters and digits may be a token.
  if (sensitivity === 'tokens' && !/^(?=\S*\d)(?=\S*[A-Za-z])\S{8}/.test(value)) return undefined;
  return { start, end };
}

function quotedAt(text: string, start: number): Span | undefined {
  const opening = /(?:[bBuUrRfF]{1,2}(?=["']))?(\\*)("{3}|'{3}|["'`])/y;
  opening.lastIndex = start;
  const [, escapes = '', quote] = opening.exec(text) ?? [];
  if (quote === undefined) return undefined;
  const inside = opening.lastIndex;
  return { start: inside, end: endOfQuoted(text, inside, quote, escapes.length) };
}

function structureAt(text: string, start: number, sensitivity: Sensitivity): Span | undefined {
  // The names inside are looked at one by one.
  if (sensitivity === 'text') return undefined;
  const closed = endOfBrackets(text, start);
  const content = text.slice(start + 1, closed);
  if (/^\s*[\]}]?$/.test(content)) return undefined;
  if (sensitivity === 'tokens' && !/[:,[]\s*\\*["']|^\s*\\*["']/.test(content)) return undefined;
  // A password that only begins like JSON goes on behind the bracket.
  const rest = /(?:[^\s,;&"'`<)\]}.:!?]|[.:!?](?!\s|$))*/y;
  rest.lastIndex = closed;
  rest.test(text);
  return { start, end: rest.lastIndex };
}

function endOfPlain({ text, label, separator, factsOf }: Secret, start: number): number {
  const lineBefore = text.slice(Math.max(0, label.start - 24), label.start);
  const beginsLine = (label.start <= 24 ? lineOrTextBegin : lineBegin).test(lineBefore);
  const { normal } = factsOf(label.name);
  if (text.charAt(separator) === '=') {
    return endOfAssigned(text, start, beginsLine || assignedWithSpaces.test(normal));
  }
  if (valueHasSpaces.test(normal)) {
    return endOfLine(text, start, /["'`]$/.exec(lineBefore)?.[0]);
  }
  const line = text.slice(start, beginsLine ? endOfLine(text, start, undefined) : start).trimEnd();
  if (/^\S+$/.test(line)) return start + line.length;
  // «Token: a unit of text» explains a token and does not tell one.
  const prose = /[A-Z]?[a-z]{0,11},?[ \t]+[A-Za-z]/y;
  prose.lastIndex = start;
  return prose.test(text) ? start : endOfWord(text, start);
}
