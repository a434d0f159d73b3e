import type { NameFacts } from './redact-rules.ts';
import { REDACTED } from './secret-shapes.ts';

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
