/** A request as a command for a POSIX shell. */
import type { TaskVersion } from '../../wire/page-data.ts';

// curl sets these by itself, and the key was masked before it was stored.
const leftOut = new Set([
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
 * The command that sends the request again, with the key from `XPANDER_API_KEY`.
 *
 * Nothing in the request can end its quotes or, when it is pasted, the paste: control characters
 * in the body, which is JSON, become escapes of JSON.
 *
 * @param origin - where to send it, such as `http://127.0.0.1:4747`
 */
export function curlCommand(request: TaskVersion['request'], origin: string): string {
  const headers = Object.entries(request.headers).filter(
    ([name, value]) => !leftOut.has(name.toLowerCase()) && isPrintable(name + value),
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
  // curl takes a name with a colon and nothing behind it as the wish to leave the header out.
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

/** The same JSON without characters that a terminal would obey or that would not be seen. */
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
