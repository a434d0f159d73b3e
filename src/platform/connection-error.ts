import { errorCode } from '../base/error-code.ts';
import { ConnectionError } from '../errors.ts';

/** Converts any network error to a ConnectionError with a code. */
export function connectionError(
  request: {
    readonly method: string;
    readonly url: string;
    readonly timeoutMs: number;
    readonly signal?: AbortSignal | undefined;
  },
  cause: unknown,
): ConnectionError {
  const code = request.signal?.aborted ? 'ABORTED' : connectionCode(cause);
  return new ConnectionError(
    `${request.method} ${request.url} got no answer: ${reason(code, request.timeoutMs, cause)}`,
    { code, cause: code === 'ABORTED' ? request.signal?.reason : withoutData(cause) },
  );
}

const timeouts = new Set([
  'TimeoutError',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

function connectionCode(cause: unknown): string {
  if (!(cause instanceof Error)) return 'UNKNOWN';
  const name = errorCode(cause) ?? cause.name;
  if (timeouts.has(name) || timeouts.has(cause.name)) return 'ETIMEDOUT';
  if (name === 'UND_ERR_SOCKET') return 'ECONNRESET';
  // fetch hides the socket's error one level down.
  return cause instanceof TypeError && cause.cause ? connectionCode(cause.cause) : name;
}

/** The error of a response that is not HTTP contains the received bytes, which may echo the key. */
function withoutData(cause: unknown): unknown {
  if (!(cause instanceof Error) || !('data' in cause)) return cause;
  return Object.assign(new Error(cause.message), { name: cause.name, code: connectionCode(cause) });
}

function reason(code: string, timeoutMs: number, cause: unknown): string {
  switch (code) {
    case 'ABORTED':
      return 'it was aborted.';
    case 'ETIMEDOUT':
      return `the time of ${timeoutMs} ms was up (ETIMEDOUT).`;
    case 'ECONNREFUSED':
      return 'nothing listens there (ECONNREFUSED).';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host name did not resolve (${code}).`;
    case 'ECONNRESET':
    case 'EPIPE':
      return `the connection broke (${code}).`;
    default:
      return `${cause instanceof Error ? cause.message : String(cause)} (${code}).`;
  }
}
