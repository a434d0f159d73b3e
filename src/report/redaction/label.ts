/** Finds the name before a separator in text, and what is sensitive about its value. */
import { percentDecoded } from './form-text.ts';
import type { NameFacts } from './redact-rules.ts';
import type { Sensitivity } from './sensitive-keys.ts';

/** The longest name that is looked for, in characters. It limits what each separator costs. */
const LONGEST_NAME = 80;

/** A name that stands before a separator. */
export interface Label {
  readonly name: string;
  readonly start: number;
  readonly isQuoted: boolean;
}

/** The name that ends before the separator and does not begin before `floor`. */
export function labelBefore(text: string, separator: number, floor: number): Label | undefined {
  let end = separator;
  while (end > floor && separator - end < 8 && ' \t*`'.includes(text.charAt(end - 1))) end--;
  const first = Math.max(floor, end - LONGEST_NAME);
  const quote = text.charAt(end - 1);
  const isQuoted = end > first && (quote === '"' || quote === "'");
  return isQuoted ? quotedLabel(text, first, end - 1, quote) : plainLabel(text, first, end);
}

function quotedLabel(text: string, first: number, end: number, quote: string): Label | undefined {
  let inner = end;
  while (inner > first && text.charAt(inner - 1) === '\\') inner--;
  const open = text.slice(first, inner).lastIndexOf(quote);
  if (open === -1) return undefined;
  return { name: text.slice(first + open + 1, inner), start: first + open, isQuoted: true };
}

function plainLabel(text: string, first: number, end: number): Label | undefined {
  let start = end;
  while (start > first && isNameCharacter(text.charCodeAt(start - 1))) start--;
  if (text.charAt(start - 1) === '\\') start += escapeLength(text.slice(start, end));
  return start === end ? undefined : { name: text.slice(start, end), start, isQuoted: false };
}

/** In JSON that is cut off, a line break before a name is a backslash and an n. */
function escapeLength(name: string): number {
  return /^(?:u[\da-f]{4}|[nrtbf])/i.exec(name)?.[0].length ?? 0;
}

function isNameCharacter(code: number): boolean {
  if (code >= 0x80) return /[\p{L}\p{M}\p{N}]/u.test(String.fromCharCode(code));
  const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
  const isDigit = code >= 0x30 && code <= 0x39;
  return isLetter || isDigit || '_-.$%@[]'.includes(String.fromCharCode(code));
}

export type FactsOf = (name: string) => NameFacts;

/** Words that take their meaning from the words before: `API key`, `social security number`. */
const needsMore = /^(?:keys?|codes?|number|string|phrase|id|value|header)$/i;

/** What is to be hidden after a label in text, where names may be of several words. */
export function sensitivityOfLabel(text: string, label: Label, factsOf: FactsOf): Sensitivity {
  const sensitivity = sensitivityOfName(label.name, factsOf);
  if (label.isQuoted) return sensitivity;
  const before = text.slice(Math.max(0, label.start - LONGEST_NAME), label.start);
  // The parts of an ARN are not names: `arn:aws:secretsmanager:eu-central-1:…:secret:my-name`.
  if (sensitivity !== 'none') return /\barn:[\w:/.-]*:$/.test(before) ? 'none' : sensitivity;
  if (!needsMore.test(label.name)) return 'none';
  const [, second = '', first = ''] = /(?:([\w-]+)[ \t])?([\w-]+)[ \t]$/.exec(before) ?? [];
  const longer = sensitivityOfName(`${first} ${label.name}`, factsOf);
  return longer === 'none'
    ? sensitivityOfName(`${second} ${first} ${label.name}`, factsOf)
    : longer;
}

/** Also of `user[password]` and `settings.token`, where the last part is a name of its own. */
export function sensitivityOfName(name: string, factsOf: FactsOf): Sensitivity {
  const decoded = percentDecoded(name);
  const { sensitivity } = factsOf(decoded);
  if (sensitivity !== 'none' || !/[.[\]$%]/.test(decoded)) return sensitivity;
  const lastPart = decoded.split(/[.[\]$%]+/).findLast((part) => part !== '') ?? '';
  return factsOf(lastPart).sensitivity;
}
