/**
 * Finds secrets in free text by the name that stands before them: `password=…`, `"apiKey": "…"` in
 * JSON that does not parse, `Authorization: …`, `<password>…</password>`, `--token …`.
 */
import { percentDecoded } from './percent-encoding.ts';
import type { NameFacts } from './redact-rules.ts';
import { REDACTED } from './secret-shapes.ts';
import type { Sensitivity } from './sensitive-keys.ts';
import {
  endOfAssigned,
  endOfBrackets,
  endOfLine,
  endOfQuoted,
  endOfWord,
  isHarmless,
} from './value-extent.ts';

/** The longest name that is looked for, in characters. It limits what each separator costs. */
const LONGEST_NAME = 80;

/** Names of which the whole rest of the line is hidden: their values have spaces. */
const valueHasSpaces = /authorization|cookie|credential|connectionstr|pass|phrase/;

/** Of these the same where they are assigned in the middle of a line: `authorization=Bearer …`. */
const assignedWithSpaces = /authorization|cookie|credential/;

/** Words that take their meaning from the words before: `API key`, `social security number`. */
const needsMore = /^(?:keys?|codes?|number|string|phrase|id|value|header)$/i;

/** What may stand before a name that begins a line or, in a connection string, a setting. */
const lineBegin = /(?:[\r\n][ \t>#*-]*(?:export |set |\$env:)?|;\s?)$/;
const lineOrTextBegin = /(?:(?:^|[\r\n])[ \t>#*-]*(?:export |set |\$env:)?|;\s?)$/;

interface Name {
  readonly text: string;
  readonly start: number;
  readonly isQuoted: boolean;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Scan {
  readonly text: string;
  readonly factsOf: (name: string) => NameFacts;
  /** Up to here the text has been dealt with. */
  done: number;
  /** Whether a quoted `"name": "authorization"` was the last name, so that its value is a secret. */
  isNameSecret: boolean;
  /** Elements that were never closed, each searched for once. */
  readonly unclosed: Set<string>;
}

/** The text with the value after each sensitive name replaced. */
export function maskLabelled(text: string, factsOf: (name: string) => NameFacts): string {
  const triggers = /[:=]|<(?=[A-Za-z])|(?<![\w-])--(?=[A-Za-z])/g;
  const scan: Scan = { text, factsOf, done: 0, isNameSecret: false, unclosed: new Set() };
  let masked = '';
  for (let found = triggers.exec(text); found !== null; found = triggers.exec(text)) {
    const span = secretAt(scan, found[0], found.index);
    if (span === undefined || span.end <= span.start) continue;
    masked += text.slice(scan.done, span.start) + REDACTED;
    scan.done = span.end;
    triggers.lastIndex = span.end;
  }
  return masked + text.slice(scan.done);
}

function secretAt(scan: Scan, trigger: string, at: number): Span | undefined {
  if (trigger === '<') return elementContent(scan, at);
  if (trigger === '--') return argument(scan, at);
  const name = nameBefore(scan, at);
  if (name === undefined) return undefined;
  const sensitivity = sensitivityOfPair(scan, name, at);
  return sensitivity === 'none' ? undefined : valueAfter(scan, name, at, sensitivity);
}

function nameBefore({ text, done }: Scan, separator: number): Name | undefined {
  let end = separator;
  while (end > done && separator - end < 8 && ' \t*`'.includes(text.charAt(end - 1))) end--;
  const floor = Math.max(done, end - LONGEST_NAME);
  const quote = text.charAt(end - 1);
  if (end > floor && (quote === '"' || quote === "'")) {
    let inner = end - 1;
    while (inner > floor && text.charAt(inner - 1) === '\\') inner--;
    const open = text.slice(floor, inner).lastIndexOf(quote);
    if (open === -1) return undefined;
    return { text: text.slice(floor + open + 1, inner), start: floor + open, isQuoted: true };
  }
  let start = end;
  while (start > floor && isNameCharacter(text.charCodeAt(start - 1))) start--;
  // In JSON that is cut off, a line break before a name is a backslash and an n.
  if (text.charAt(start - 1) === '\\')
    start += /^(?:u[\da-f]{4}|[nrtbf])?/i.exec(text.slice(start, end))?.[0].length ?? 0;
  return start === end ? undefined : { text: text.slice(start, end), start, isQuoted: false };
}

function isNameCharacter(code: number): boolean {
  if (code >= 0x80) return /[\p{L}\p{M}\p{N}]/u.test(String.fromCharCode(code));
  const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
  const isDigit = code >= 0x30 && code <= 0x39;
  return isLetter || isDigit || '_-.$%@[]'.includes(String.fromCharCode(code));
}

function sensitivityOfPair(scan: Scan, name: Name, separator: number): Sensitivity {
  // In JSON names are quoted, in the attributes of HTML they are not.
  if (name.isQuoted || scan.text.charAt(separator) === '=') {
    const facts = scan.factsOf(name.text);
    if (scan.isNameSecret && facts.isValueField) {
      scan.isNameSecret = false;
      return 'all';
    }
    if (facts.isNameField) {
      const value = /^\s*\\*["']([^"'\\]{1,80})\\*["']/.exec(
        scan.text.slice(separator + 1, separator + 120),
      );
      scan.isNameSecret = value?.[1] !== undefined && scan.factsOf(value[1]).sensitivity !== 'none';
    }
  }
  const sensitivity = classifyName(scan, name.text);
  if (sensitivity !== 'none' || name.isQuoted || !needsMore.test(name.text)) return sensitivity;
  const before = scan.text.slice(Math.max(scan.done, name.start - LONGEST_NAME), name.start);
  const words = /(?:([\w-]+)[ \t])?([\w-]+)[ \t]$/.exec(before);
  if (words === null) return 'none';
  const longer = classifyName(scan, `${words[2]} ${name.text}`);
  return longer === 'none'
    ? classifyName(scan, `${words[1] ?? ''} ${words[2]} ${name.text}`)
    : longer;
}

/** Also of `user[password]` and `settings.token`, where the last part is a name of its own. */
function classifyName({ factsOf }: Scan, name: string): Sensitivity {
  const decoded = percentDecoded(name);
  const { sensitivity } = factsOf(decoded);
  if (sensitivity !== 'none' || !/[.[\]$%]/.test(decoded)) return sensitivity;
  const lastPart = decoded.split(/[.[\]$%]+/).findLast((part) => part !== '') ?? '';
  return factsOf(lastPart).sensitivity;
}

function valueAfter(
  scan: Scan,
  name: Name,
  separator: number,
  sensitivity: Sensitivity,
): Span | undefined {
  const { text } = scan;
  if (!name.isQuoted && text.startsWith('://', separator)) return undefined;
  const lead = name.isQuoted ? /[=>:]{0,2}\s*/y : /[=>:]{0,2}[ \t]*\*{0,3}[ \t]*/y;
  lead.lastIndex = separator + 1;
  lead.test(text);
  const quoted = /(?:[bBuUrRfF]{1,2}(?=["']))?(\\*)("{3}|'{3}|["'`])/y;
  quoted.lastIndex = lead.lastIndex;
  const [, escapes = '', quote] = quoted.exec(text) ?? [];
  if (quote !== undefined) {
    const start = quoted.lastIndex;
    const end = endOfQuoted(text, start, quote, escapes.length);
    return sensitivity === 'tokens' && isCount(text.slice(start, end)) ? undefined : { start, end };
  }
  const start = lead.lastIndex;
  if (/[[{]/.test(text.charAt(start))) return structureAt(scan, start, sensitivity);
  const end = endOfPlain(scan, start, name, text.charAt(separator));
  const value = text.slice(start, end);
  return isHarmless(value) || (sensitivity === 'tokens' && isCount(value))
    ? undefined
    : { start, end };
}

function structureAt({ text }: Scan, start: number, sensitivity: Sensitivity): Span | undefined {
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

function endOfPlain({ text, factsOf }: Scan, start: number, name: Name, separator: string): number {
  const lineBefore = text.slice(Math.max(0, name.start - 24), name.start);
  const beginsLine = (name.start <= 24 ? lineOrTextBegin : lineBegin).test(lineBefore);
  const { normal } = factsOf(name.text);
  if (separator === '=') {
    return endOfAssigned(text, start, beginsLine || assignedWithSpaces.test(normal));
  }
  if (valueHasSpaces.test(normal)) {
    return endOfLine(text, start, /["']$/.exec(lineBefore)?.[0]);
  }
  // «Token: a unit of text» explains a token and does not tell one.
  const prose = /[A-Z]?[a-z]{0,11}[ \t]+[A-Za-z]/y;
  prose.lastIndex = start;
  return prose.test(text) ? start : endOfWord(text, start);
}

/** The content of an XML element. A name in angle brackets without an end is a type or placeholder. */
function elementContent(scan: Scan, at: number): Span | undefined {
  const { text, unclosed } = scan;
  const opening = /<((?:[A-Za-z][\w.-]{0,40}:)?[A-Za-z][\w.-]{0,63})(?:\s[^<>]{0,256})?>/y;
  opening.lastIndex = at;
  const [whole, tag = ''] = opening.exec(text) ?? [];
  if (whole === undefined || whole.endsWith('/>')) return undefined;
  const sensitivity = classifyName(scan, tag.slice(tag.indexOf(':') + 1));
  if (sensitivity === 'none') return undefined;
  const start = opening.lastIndex;
  // More names than any document has are not searched for, each would cost a pass over the text.
  const closing = unclosed.has(tag) || unclosed.size > 20 ? -1 : text.indexOf(`</${tag}`, start);
  if (closing === -1) unclosed.add(tag);
  if (closing === -1 && !/^\s*</.test(text)) return undefined;
  const end = closing === -1 ? endOfElementText(text, start) : closing;
  return sensitivity === 'tokens' && isCount(text.slice(start, end)) ? undefined : { start, end };
}

function endOfElementText(text: string, start: number): number {
  const next = text.indexOf('<', start);
  return next === -1 ? text.length : next;
}

/** The value of a command line argument. */
function argument(scan: Scan, at: number): Span | undefined {
  const { text } = scan;
  const option = /--([A-Za-z][\w-]{1,63})[ \t]+(["']?)(?!-)/y;
  option.lastIndex = at;
  const [, name = '', quote = ''] = option.exec(text) ?? [];
  const sensitivity = name === '' ? 'none' : classifyName(scan, name);
  if (sensitivity === 'none') return undefined;
  const start = option.lastIndex;
  const end = quote === '' ? endOfWord(text, start) : endOfQuoted(text, start, quote, 0);
  const value = text.slice(start, end);
  return isHarmless(value) || (sensitivity === 'tokens' && isCount(value))
    ? undefined
    : { start, end };
}

function isCount(text: string): boolean {
  return text.length <= 12 && /^\s*[\d_.]*[kKM]?\s*,?$/.test(text);
}
