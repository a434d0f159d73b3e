/**
 * Root of every error that xpander-lambda throws on purpose.
 *
 * Catch it to tell our errors from those of your own code.
 */
export class XpanderError extends Error {
  override name: string = 'XpanderError';
}

/**
 * A setting is missing or wrong: no agent id, an unknown option, a base URL that is refused.
 * Thrown before any request is sent. The message names the setting, its value and what to change.
 */
export class ConfigurationError extends XpanderError {
  override readonly name = 'ConfigurationError' as const;
}

/**
 * The API key could not be had: the secret does not exist, may not be read, or holds no key.
 * `cause` carries the error of AWS Secrets Manager when there is one.
 */
export class ApiKeyError extends XpanderError {
  override readonly name = 'ApiKeyError' as const;
}

/** What an {@link ApiError} knows about the answer that it stands for. */
export interface ApiErrorOptions extends ErrorOptions {
  /** HTTP status of the answer. */
  readonly statusCode: number;
  /** The answer's body as text, empty when there was none. */
  readonly description: string;
  /** Seconds that the platform asked to wait before the next try, from `Retry-After`. */
  readonly retryAfterSeconds?: number | undefined;
}

/**
 * xpander.ai answered, and the answer is not a success: a refused key (401, 403), an unknown
 * record (404), a rejected field (422), a rate limit (429), a fault of the platform (5xx), or
 * a body that cannot be read.
 */
export class ApiError extends XpanderError {
  override readonly name = 'ApiError' as const;
  /** HTTP status of the answer. */
  readonly statusCode: number;
  /** The answer's body as text, empty when there was none. */
  readonly description: string;
  /** Seconds that the platform asked to wait before the next try; undefined when it did not. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, options: ApiErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.statusCode = options.statusCode;
    this.description = options.description;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/**
 * No answer came: the name did not resolve, the connection was refused, reset or not trusted,
 * or the time was up. `code` is the machine-readable reason, for instance `ECONNREFUSED`,
 * `ENOTFOUND`, `ETIMEDOUT` or `ABORTED`.
 */
export class ConnectionError extends XpanderError {
  override readonly name = 'ConnectionError' as const;
  /** Machine-readable reason, for instance `ECONNREFUSED` or `ETIMEDOUT`. */
  readonly code: string;

  constructor(message: string, options: ErrorOptions & { readonly code: string }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
  }
}
