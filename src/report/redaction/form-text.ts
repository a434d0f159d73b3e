/** Reads and redacts forms: URL-encoded text and multipart bodies. */
import { wellFormed } from '../text/well-formed.ts';
import type { NameFacts } from './redact-rules.ts';
import { REDACTED } from './secret-shapes.ts';

/** The text with its percent escapes decoded; escapes that are no UTF-8 stay as they are. */
export function percentDecoded(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}

/** Whether all of the text can be a form or a query string: `name=value`, more of them after `&`. */
export function isFormText(text: string): boolean {
  return /^(?!data:)[^\s=&"'<>{}]+=[^\s"<>{}]*$/.test(text);
}

/** How the parts of a form are masked, given and returned as decoded text. */
export interface FormMasks {
  readonly maskName: (name: string) => string;
  readonly maskValue: (name: string, value: string) => string;
}

/** A form or query string with the parts that the masks change replaced, all others exact. */
export function mapForm(form: string, masks: FormMasks): string {
  return form
    .split(/([&;?#])/)
    .map((pair, index) => (index % 2 === 1 ? pair : mapPair(pair, masks)))
    .join('');
}

function mapPair(pair: string, { maskName, maskValue }: FormMasks): string {
  const separator = pair.indexOf('=');
  if (separator === -1) return mapPart(pair, maskName);
  const name = pair.slice(0, separator);
  const value = mapPart(pair.slice(separator + 1), (text) => maskValue(decoded(name), text));
  return `${mapPart(name, maskName)}=${value}`;
}

function mapPart(raw: string, mask: (text: string) => string): string {
  const text = decoded(raw);
  const masked = mask(text);
  if (masked === text) return raw;
  return text === raw ? masked : encoded(masked);
}

/** Brackets stay readable: the mark of a masked value has some. */
export function encoded(text: string): string {
  return encodeURIComponent(wellFormed(text)).replaceAll('%5B', '[').replaceAll('%5D', ']');
}

function decoded(text: string): string {
  return percentDecoded(text.replaceAll('+', ' '));
}

/** The head of one field of a `multipart/form-data` body, up to the empty line before its value. */
const fieldHead =
  /form-data;[^\r\n]{0,200}?\bname="([^"\r\n]{1,80})"[^\r\n]{0,200}(?:\r?\n[^\r\n]{1,300}){0,5}\r?\n\r?\n/g;

/** The text with the fields of a `multipart/form-data` body masked by their names. */
export function maskMultipart(text: string, factsOf: (name: string) => NameFacts): string {
  if (!text.includes('form-data;')) return text;
  let masked = '';
  let done = 0;
  for (const head of text.matchAll(fieldHead)) {
    const [whole, name = ''] = head;
    const start = head.index + whole.length;
    if (start <= done || factsOf(name).sensitivity === 'none') continue;
    masked += text.slice(done, start) + REDACTED;
    done = endOfField(text, start);
  }
  return masked + text.slice(done);
}

/** A boundary line ends the value; without one the value goes on to the end. */
function endOfField(text: string, start: number): number {
  const boundary = /\r?\n--/g;
  boundary.lastIndex = start;
  return boundary.exec(text)?.index ?? text.length;
}
