/** Reads what the platform answered: refusals become errors, text becomes data. */
import { ApiError } from '../errors.ts';

/** What of a request may be shown in an error. */
interface Asked {
  readonly method: string;
  readonly url: string;
  readonly apiKey: string;
}

/** The error for an answer that is not a success. */
export function refusal(
  asked: Asked,
  statusCode: number,
  body: string,
  retryAfter: number | undefined,
): ApiError {
  const description = withoutKey(body, asked);
  const reason = shortReason(description);
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
 * The answer's JSON.
 *
 * @throws ApiError when it is not JSON
 */
export function parseAnswer(asked: Asked, answer: string): unknown {
  const text = withoutKey(answer, asked);
  try {
    return JSON.parse(text);
  } catch {
    // Without the parser's error as cause: it quotes from the answer.
    throw new ApiError(
      `${asked.method} ${asked.url} was answered with something that is not JSON. Is the base URL right?`,
      { statusCode: 200, description: text },
    );
  }
}

/** A service that echoes its requests echoes the key. */
function withoutKey(text: string, { apiKey }: Asked): string {
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

function shortReason(description: string): string {
  const reason = namedReason(description) ?? description;
  const line = reason.replace(/\s+/g, ' ').trim();
  return line.length > reasonLength ? `${line.slice(0, reasonLength)}…` : line;
}

function namedReason(description: string): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(description);
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
