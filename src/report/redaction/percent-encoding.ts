/** Reads URL-encoded text, also where it is cut off or not well encoded. */
import { wellFormed } from '../text/well-formed.ts';

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
