/** Recognises base64 and what it holds: text, a file of a known type, or other bytes. */
import { isUtf8 } from 'node:buffer';

/** The beginnings, in hexadecimal digits, of files that travel as base64 in events and LLM messages. */
const beginnings: readonly [mediaType: string, hexadecimal: RegExp][] = [
  ['image/png', /^89504e47/],
  ['image/jpeg', /^ffd8ff/],
  ['image/gif', /^47494638(?:37|39)61/],
  ['image/webp', /^52494646.{8}57454250/],
  ['image/tiff', /^(?:49492a00|4d4d002a)/],
  ['image/avif', /^.{8}6674797061766966/],
  ['image/heic', /^.{8}6674797068656963/],
  ['audio/wav', /^52494646.{8}57415645/],
  ['audio/mpeg', /^(?:4944330[2-4]00|fff[23b])/],
  ['audio/ogg', /^4f67675300/],
  ['audio/flac', /^664c614300/],
  ['audio/mp4', /^.{8}667479704d3441/],
  ['video/mp4', /^.{8}66747970/],
  ['video/webm', /^1a45dfa3/],
  ['application/pdf', /^255044462d/],
  ['application/zip', /^504b0304/],
  ['application/gzip', /^1f8b08/],
  ['application/zstd', /^28b52ffd/],
  ['application/x-bzip2', /^425a68.{2}314159/],
  ['application/x-xz', /^fd377a585a00/],
];

/** The media type that the first bytes tell, if they tell one. */
function mediaTypeOf(bytes: Buffer): string | undefined {
  const start = bytes.toString('hex', 0, 16);
  return beginnings.find(([, beginning]) => beginning.test(start))?.[0];
}

/** What a base64 text holds. */
export type Base64Content =
  | { readonly kind: 'text'; readonly text: string }
  /** A file, or bytes that nobody can read in a report. */
  | { readonly kind: 'media'; readonly description: string }
  | { readonly kind: 'bytes'; readonly bytes: Buffer };

/**
 * Characters from which on unreadable base64 becomes type and size. The longest things of which the
 * text itself is of use are shorter: ids, cursors, hashes, an RSA-4096 signature (684).
 */
const LONG = 1024;

/** Fewer bytes are no file, whatever they begin with. */
const SMALLEST_FILE = 64;

/** The content of a text that may be base64; undefined when it is not. */
export function readBase64(text: string): Base64Content | undefined {
  if (!/^[\w+/\r\n-]+={0,2}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (isUtf8(bytes)) {
    const decoded = bytes.toString();
    // Chance makes short sequences of UTF-8, but hardly without control characters.
    if (isPrintable(decoded)) return { kind: 'text', text: decoded };
  }
  const mediaType = mediaTypeOf(bytes);
  const isCompressed = /gzip|zip|zstd|bzip2|xz/.test(mediaType ?? '');
  if (mediaType !== undefined && (isCompressed || bytes.length >= SMALLEST_FILE)) {
    return { kind: 'media', description: describeBytes(bytes, mediaType) };
  }
  if (text.length >= LONG && isMixed(text)) {
    return { kind: 'media', description: describeBytes(bytes) };
  }
  return { kind: 'bytes', bytes };
}

/** The base64 of a text in the alphabet and padding of another base64 text. */
export function writeBase64(text: string, like: string): string {
  const isUrlSafe = /[-_]/.test(like);
  const base64 = Buffer.from(text).toString(isUrlSafe ? 'base64url' : 'base64');
  if (!isUrlSafe)
    return like.length % 4 === 0 || like.endsWith('=') ? base64 : base64.replace(/=+$/, '');
  return like.endsWith('=') ? base64.padEnd(Math.ceil(base64.length / 4) * 4, '=') : base64;
}

/** `[image/png, 48213 bytes]`, or `[base64, 48213 bytes]` for what has no known type. */
export function describeBytes(
  bytes: Buffer,
  mediaType: string | undefined = mediaTypeOf(bytes),
): string {
  return `[${mediaType ?? 'base64'}, ${bytes.length} bytes]`;
}

function isPrintable(text: string): boolean {
  return !/[^\P{Cc}\t\n\r]/u.test(text);
}

/** Base64 of bytes has all kinds of characters; long words, numbers and hexadecimal digits do not. */
function isMixed(text: string): boolean {
  const start = text.slice(0, 512);
  return /[A-Z]/.test(start) && /[a-z]/.test(start) && /\d/.test(start) && /[G-Zg-z]/.test(start);
}
