/**
 * Redacts secrets in free text by the name before them: `password=…`, `Authorization: …`, XML
 * elements, arguments of commands.
 */
import {
  type FactsOf,
  type Label,
  labelBefore,
  sensitivityOfLabel,
  sensitivityOfName,
} from './label.ts';
import {
  endOfAssigned,
  endOfBrackets,
  endOfLine,
  endOfQuoted,
  endOfWord,
  isCount,
  isHarmless,
  isPlaceholder,
} from './labelled-value.ts';
import { maskSpans, type Span } from './redact-spans.ts';
import { REDACTED } from './secret-shapes.ts';
import type { Sensitivity } from './sensitive-keys.ts';

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

/** Names that a text opens and never closes, searched for once. Each costs a pass over the text. */
const MOST_UNCLOSED = 20;

/** The text with the content of elements and the values of arguments replaced. */
export function maskElements(text: string, factsOf: FactsOf): string {
  const unclosed = new Set<string>();
  const isDocument = /^\s*</.test(text);
  const sensitivity = (name: string): Sensitivity => sensitivityOfName(name, factsOf);

  const contentAt = (at: number): Span | undefined => {
    const opening = /<((?:[A-Za-z][\w.-]{0,40}:)?[A-Za-z][\w.-]{0,63})(?:\s[^<>]{0,256})?>/y;
    opening.lastIndex = at;
    const [whole, tag = ''] = opening.exec(text) ?? [];
    if (whole === undefined || whole.endsWith('/>')) return undefined;
    const kind = sensitivity(tag.slice(tag.indexOf(':') + 1));
    if (kind === 'none') return undefined;
    const start = opening.lastIndex;
    const isSearched = !unclosed.has(tag) && unclosed.size < MOST_UNCLOSED;
    const closing = isSearched ? text.indexOf(`</${tag}`, start) : -1;
    if (closing === -1) unclosed.add(tag);
    // In other text, a name in angle brackets without an end is a type or a placeholder.
    if (closing === -1 && !isDocument) return undefined;
    const end = closing === -1 ? indexOrEnd(text, '<', start) : closing;
    return kind === 'tokens' && isCount(text.slice(start, end)) ? undefined : { start, end };
  };

  const argumentAt = (at: number): Span | undefined => {
    const option = /--([A-Za-z][\w-]{1,63})[ \t]+(["']?)(?!-)/y;
    option.lastIndex = at;
    const [, name = '', quote = ''] = option.exec(text) ?? [];
    const kind = name === '' ? 'none' : sensitivity(name);
    if (kind === 'none') return undefined;
    const start = option.lastIndex;
    const end = quote === '' ? endOfWord(text, start) : endOfQuoted(text, start, quote, 0);
    const value = text.slice(start, end);
    if (kind === 'tokens' && isCount(value)) return undefined;
    return isHarmless(value, (word) => sensitivity(word) !== 'none') ? undefined : { start, end };
  };

  return maskSpans(text, /<(?=[A-Za-z])|(?<![\w-])--(?=[A-Za-z])/g, (trigger, at) =>
    trigger === '<' ? contentAt(at) : argumentAt(at),
  );
}

function indexOrEnd(text: string, what: string, start: number): number {
  const index = text.indexOf(what, start);
  return index === -1 ? text.length : index;
}
