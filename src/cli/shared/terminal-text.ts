/**
 * Text from elsewhere, made fit for a terminal: what would move its cursor, change its colours or
 * turn its reading direction is shown as a sign, never sent.
 */

// Control, format (bidirectional overrides, invisible tags), line separators, half characters. The
// joiners stay: emoji and several scripts are not themselves without them.
const unsafe = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;

/** One line. Line breaks and tabs become spaces, other control characters visible signs. */
export function safeLine(text: string): string {
  return text.replace(/[\t\n\r\u2028\u2029]+/g, ' ').replace(unsafe, visible);
}

/** Several lines; a tab becomes two spaces. */
export function safeLines(text: string): string[] {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.replaceAll('\t', '  ').replace(unsafe, visible));
}

/** JSON of the same value whose text is safe as well. */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(unsafeInJson, escaped);
}

// JSON itself escapes the first 32 control characters; the line breaks here are its own.
const unsafeInJson = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }).join('');
}

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\uFFFD';
}
