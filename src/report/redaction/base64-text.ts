/** Recognises base64 and what is in it. */
import { isUtf8 } from 'node:buffer';
import { mediaTypeOf } from './media-type.ts';

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
