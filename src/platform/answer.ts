/** Reads what the platform answered: refusals become errors, text becomes data. */
import { ApiError } from '../errors.ts';
import { UnreadableRecordError } from './record.ts';

/** The parts of a request that errors use. */
interface Asked {
  readonly method: string;
  readonly url: string;
  readonly apiKey: string;
}

/** The error for a response that is not a success. */
export function refusal(
  asked: Asked,
  statusCode: number,
  body: string,
  retryAfter: number | undefined,
): ApiError {
  const description = redactKey(body, asked);
  const reason = shortReason(redactKey(namedReason(body) ?? body, asked));
  return new ApiError(
    `${asked.method} ${asked.url} was answered with ${statusCode}${meaning(statusCode)}${reason && `: ${reason}`}`,
    { statusCode, description, retryAfterSeconds: retryAfter },
  );
}

/**
 * Seconds to wait, from a `Retry-After` header in either of its forms.
 *
 * @param now - epoch milliseconds, for the form that names a date
 */
export function retryAfterSeconds(
  header: string | undefined | null,
  now: number = Date.now(),
): number | undefined {
  if (!header) return undefined;
  if (/^\d+(\.\d+)?$/.test(header.trim())) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}

/**
 * Parses an answer and reads the record in it.
 *
 * @param read - throws an UnreadableRecordError when the JSON is not the expected record
 * @throws ApiError when the answer is not JSON, or not the expected record
 */
export function parseAnswer<T>(asked: Asked, text: string, read: (answer: unknown) => T): T {
  const unreadable = (message: string): ApiError =>
    new ApiError(message, { statusCode: 200, description: redactKey(text, asked) });
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    // Without the parser's error as cause: it quotes from the answer.
    throw unreadable(
      `${asked.method} ${asked.url} was answered with something that is not JSON. Is the base URL right?`,
    );
  }
  try {
    return read(answer);
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    throw unreadable(
      `The platform's answer cannot be read: ${error.message}. Is the base URL that of xpander.ai?`,
    );
  }
}

/**
 * For errors, which end up in logs: a service that echoes its requests echoes the key. Data is left
 * as it is, since a short key such as `any` may be part of any text.
 */
function redactKey(text: string, { apiKey }: Asked): string {
  return text.replaceAll(apiKey, '[redacted]');
}

function meaning(statusCode: number): string {
  if (statusCode === 401 || statusCode === 403) return ' (the API key was refused)';
  if (statusCode === 404) return ' (not found)';
  if (statusCode === 429) return ' (too many requests)';
  if (statusCode >= 300 && statusCode < 400) return ' (a redirect, which is not followed)';
  return '';
}

// Enough to see which field was refused. The whole body is in `description`.
const reasonLength = 200;

function shortReason(reason: string): string {
  const line = reason.replace(/\s+/g, ' ').trim();
  return line.length > reasonLength ? `${line.slice(0, reasonLength)}…` : line;
}

function namedReason(text: string): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof body !== 'object' || body === null) return undefined;
  if ('detail' in body && Array.isArray(body.detail)) {
    return body.detail.map(fieldReason).join('; ');
  }
  for (const key of ['detail', 'message', 'error']) {
    const value: unknown = Reflect.get(body, key);
    if (typeof value === 'string') return value;
  }
  return undefined;
}

function fieldReason(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null) return String(entry);
  const where: unknown = Reflect.get(entry, 'loc');
  return `${Array.isArray(where) ? where.join('.') : ''}: ${Reflect.get(entry, 'msg')}`;
}
