/** Formats a request as a curl command for a POSIX shell. */
import type { TaskVersion } from '../../wire/page-data.ts';

// Headers that curl sets itself.
const omittedHeaders = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'accept-encoding',
  'expect',
  'keep-alive',
  'upgrade',
  'te',
  'trailer',
]);
const keyHeader = 'x-api-key';

/**
 * Returns a command that resends the request with the key from `XPANDER_API_KEY`.
 *
 * The request is untrusted: it cannot end the quotes or a bracketed paste. Control characters in the
 * JSON body become JSON escapes.
 *
 * @param origin - where to send it, such as `http://127.0.0.1:4747`
 */
export function curlCommand(request: TaskVersion['request'], origin: string): string {
  const headers = Object.entries(request.headers).filter(
    ([name, value]) => !omittedHeaders.has(name.toLowerCase()) && isPrintable(name + value),
  );
  const lines = [
    `curl --globoff --path-as-is -X ${quoted(printable(request.method))} ${quoted(origin + printable(request.path))}`,
    ...headers.map(([name, value]) => `-H ${header(name, value)}`),
  ];
  if (request.body !== '') lines.push(`--data-raw ${quoted(safeJson(request.body))}`);
  return lines.join(' \\\n  ');
}

function header(name: string, value: string): string {
  if (name.toLowerCase() === keyHeader) return `"${keyHeader}: $XPANDER_API_KEY"`;
  // curl removes a header if nothing follows the colon; a semicolon sends it empty.
  return quoted(value.trim() === '' ? `${name};` : `${name}: ${value}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function isPrintable(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (character) =>
    encodeURIComponent(character.toWellFormed()),
  );
}

/** The same JSON without control characters and invisible characters. */
function safeJson(body: string): string {
  return body
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{C}\n\t]|[\u2028\u2029]/gu, (character) =>
      Array.from(
        { length: character.length },
        (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
      ).join(''),
    );
}
