/** Calls the platform's API with JSON. */

import {
  type Configuration,
  type Connection,
  resolveConfiguration,
} from '../config/platform-configuration.ts';
import { ConfigurationError } from '../errors.ts';
import { parseAnswer } from './answer.ts';
import type { ApiRequest } from './transport.ts';

/** Options of one call. */
export interface CallOptions {
  /** Aborts the call, which then throws a ConnectionError with the code `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
}

/** One call: what is asked, and how to read the answer. */
export interface ApiCall<T> {
  readonly method: 'GET' | 'POST';
  /** Below the base URL. */
  readonly path: string;
  /** JSON text. */
  readonly body?: string | undefined;
  /** Reads the answer's JSON; throws an UnreadableRecordError when it is something else. */
  readonly read: (answer: unknown) => T;
}

/** Asks the platform and reads the answer. */
export async function callApi<T>(
  connection: Connection,
  call: ApiCall<T>,
  options: CallOptions = {},
): Promise<T> {
  const { value } = await callDatedApi(connection, call, options);
  return value;
}

/** Like `callApi`, with the `Date` header of the response. */
export async function callDatedApi<T>(
  connection: Connection,
  { method, path, body, read }: ApiCall<T>,
  options: CallOptions = {},
): Promise<{ readonly value: T; readonly date: string | undefined }> {
  const request = apiRequest(connection, method, path, body);
  // Loads undici on the first request, because it would slow down the init of all functions.
  const { exchange } = await import('./transport.ts');
  const { text, date } = await exchange({ ...request, signal: options.signal });
  return { value: parseAnswer(request, text, read), date };
}

/** The request for a path below the base URL. */
export function apiRequest(
  connection: Connection,
  method: 'GET' | 'POST',
  path: string,
  body?: string,
): ApiRequest {
  if (connection.apiKey === undefined) {
    throw new ConfigurationError(
      'There is no API key. Set XPANDER_API_KEY, or apiKey in the configuration.',
    );
  }
  return {
    method,
    url: connection.baseUrl + path,
    apiKey: connection.apiKey,
    body,
    timeoutMs: connection.timeoutMs,
  };
}

/** The path of `report_task` for an agent. */
export function reportTaskPath(agentId: string): string {
  return `/agent-execution/${encodeURIComponent(agentId)}/report_task`;
}

/** Resolves a configuration whose fields are overridden by those of a second one. */
export function overrideConfiguration(
  configuration: Configuration,
  override: Configuration | undefined,
): Connection {
  const given = Object.entries(override ?? {}).filter(([, value]) => value !== undefined);
  return resolveConfiguration({ ...configuration, ...Object.fromEntries(given) });
}

/**
 * Checks an id that goes into a path.
 *
 * @throws ConfigurationError if it is not a non-empty text
 */
export function requireId(name: string, id: unknown): string {
  if (typeof id !== 'string' || id.trim() === '') {
    throw new ConfigurationError(`'${name}' must be a non-empty string; it is ${String(id)}.`);
  }
  return id;
}
