/** Classifies the errors of a delivery: whether to retry, keep the report, trust the platform. */
import { ApiError, ApiKeyError, ConnectionError } from '../../errors.ts';

export interface ErrorPolicy {
  readonly kind: ErrorKind;
  /** Whether the same request may succeed within seconds. */
  readonly isTemporary: boolean;
  /** Whether sending the same report always fails. */
  readonly isFinal: boolean;
  /** What the error says about the platform. A platform that refuses a request is up. */
  readonly platform: 'up' | 'down' | 'unknown';
}

export type ErrorKind =
  /** The platform responded with a 5xx status. */
  | 'unavailable'
  /** The platform responded with 408 or 425: the request took too long, or came too early. */
  | 'untimely'
  | 'rate-limited'
  /** The platform does not accept the API key. */
  | 'key-refused'
  /** The platform does not accept the report. */
  | 'rejected'
  /** No response came, but a new connection may succeed. */
  | 'disconnected'
  /** No response came, for a lasting cause such as an untrusted certificate. */
  | 'unreachable'
  /** This side aborted the request. */
  | 'aborted'
  /** There is no API key to send with. */
  | 'no-key'
  /** An internal error of this package. */
  | 'internal';

const policies: Readonly<Record<ErrorKind, Omit<ErrorPolicy, 'kind'>>> = {
  unavailable: { isTemporary: true, isFinal: false, platform: 'down' },
  untimely: { isTemporary: true, isFinal: false, platform: 'up' },
  'rate-limited': { isTemporary: true, isFinal: false, platform: 'up' },
  'key-refused': { isTemporary: false, isFinal: true, platform: 'up' },
  rejected: { isTemporary: false, isFinal: true, platform: 'up' },
  disconnected: { isTemporary: true, isFinal: false, platform: 'down' },
  unreachable: { isTemporary: false, isFinal: false, platform: 'down' },
  aborted: { isTemporary: false, isFinal: false, platform: 'unknown' },
  'no-key': { isTemporary: false, isFinal: false, platform: 'unknown' },
  internal: { isTemporary: false, isFinal: true, platform: 'unknown' },
};

export function policyFor(error: unknown): ErrorPolicy {
  const kind = kindOf(error);
  return { kind, ...policies[kind] };
}

export function isRateLimit(error: unknown): error is ApiError {
  return error instanceof ApiError && kindOf(error) === 'rate-limited';
}

export function isKeyRefused(error: unknown): error is ApiError {
  return error instanceof ApiError && kindOf(error) === 'key-refused';
}

function kindOf(error: unknown): ErrorKind {
  if (error instanceof ApiError) return kindOfStatus(error.statusCode);
  if (error instanceof ApiKeyError) return 'no-key';
  if (!(error instanceof ConnectionError)) return 'internal';
  if (error.code === 'ABORTED') return 'aborted';
  return disconnections.has(error.code) ? 'disconnected' : 'unreachable';
}

function kindOfStatus(statusCode: number): ErrorKind {
  if (statusCode >= 500) return 'unavailable';
  switch (statusCode) {
    case 401:
    case 403:
      return 'key-refused';
    case 408:
    case 425:
      return 'untimely';
    case 429:
      return 'rate-limited';
    default:
      return 'rejected';
  }
}

const disconnections = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
]);
