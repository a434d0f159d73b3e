/** Reads URL-encoded text, also where it is cut off or not well encoded. */
import { wellFormed } from './well-formed.ts';

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
  return /^[^\s=&"'<>{}]+=[^\s"<>{}]*$/.test(text);
}

/**
 * A form or query string with the values that `mask` changes replaced, all others exactly as they
 * were. `mask` gets and returns decoded text.
 */
export function mapForm(form: string, mask: (name: string, value: string) => string): string {
  return form
    .split(/([&;?#])/)
    .map((pair, index) => (index % 2 === 1 ? pair : mapPair(pair, mask)))
    .join('');
}

function mapPair(pair: string, mask: (name: string, value: string) => string): string {
  const separator = pair.indexOf('=');
  if (separator === -1) return pair;
  const raw = pair.slice(separator + 1);
  const value = decoded(raw);
  const masked = mask(decoded(pair.slice(0, separator)), value);
  if (masked === value) return pair;
  return pair.slice(0, separator + 1) + (value === raw ? masked : encoded(masked));
}

/** Brackets stay readable: the mark of a masked value has some. */
export function encoded(text: string): string {
  return encodeURIComponent(wellFormed(text)).replaceAll('%5B', '[').replaceAll('%5D', ']');
}

function decoded(text: string): string {
  return percentDecoded(text.replaceAll('+', ' '));
}
