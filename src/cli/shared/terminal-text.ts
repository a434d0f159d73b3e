/**
 * Makes untrusted text safe for a terminal: characters that move the cursor, change colours or
 * reverse the reading direction are replaced by visible symbols.
 */

// Control and format characters (such as bidirectional overrides and invisible tags), line
// separators and lone surrogates. The joiners are kept because emoji and some scripts need them.
const unsafe = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;

/** One line: line breaks and tabs become spaces, other control characters visible symbols. */
export function safeLine(text: string): string {
  return text.replace(/[\t\n\r\u2028\u2029]+/g, ' ').replace(unsafe, visible);
}

/** Several lines; a tab becomes two spaces. */
export function safeLines(text: string): string[] {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.replaceAll('\t', '  ').replace(unsafe, visible));
}

/** JSON of the same value that is safe to print. */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(unsafeInJson, escaped);
}

// JSON escapes the first 32 control characters itself. Its own line breaks are kept.
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
