/** Sends one request to the platform with undici. */
import type { Dispatcher } from 'undici';
// Only the parts of undici that are used: all of it takes twice the time and memory to load.
import sendRequest from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import { startTimeLimit, type TimeLimit } from '../base/time-limit.ts';
import { ApiError, ConnectionError } from '../errors.ts';
import { refusal, retryAfterSeconds } from './answer.ts';
import { connectionError } from './connection-error.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly apiKey: string;
  /** JSON text. */
  readonly body?: string | undefined;
  readonly timeoutMs: number;
  /** Aborts the request. */
  readonly signal?: AbortSignal | undefined;
}

export interface ApiResponse {
  readonly text: string;
  /** The header `Date`. */
  readonly date: string | undefined;
}

/**
 * Sends a request and reads the complete response.
 *
 * @throws ApiError if the response is not a success
 * @throws ConnectionError if there is no response
 */
export async function exchange(request: ApiRequest): Promise<ApiResponse> {
  return send(request, async ({ body, headers }, limit) => {
    const text = await body.text();
    limit.stop();
    const { date } = headers;
    return { text, date: Array.isArray(date) ? date[0] : date };
  });
}

/**
 * Sends a request and resolves as soon as the platform has accepted it, without waiting for the body
 * of the response.
 *
 * @throws ApiError if the response is not a success
 * @throws ConnectionError if there is no response
 */
export async function post(request: ApiRequest): Promise<void> {
  return send(request, async ({ body }, limit) => {
    // The connection can be reused only after the body has been read.
    void body.dump().catch(ignore).finally(limit.stop);
  });
}

async function send<T>(
  request: ApiRequest,
  read: (response: Dispatcher.ResponseData, limit: TimeLimit) => Promise<T>,
): Promise<T> {
  const limit = startTimeLimit(request.timeoutMs, request.signal);
  try {
    const { origin, pathname, search } = new URL(request.url);
    const response = await sendRequest.call(await dispatcherFor(request.url), {
      origin,
      path: pathname + search,
      method: request.method,
      headers: {
        'x-api-key': request.apiKey,
        accept: 'application/json',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: request.body ?? null,
      signal: limit.signal,
    });
    if (response.statusCode >= 200 && response.statusCode < 300) return await read(response, limit);
    throw refusal(request, response.statusCode, await response.body.text(), retryAfter(response));
  } catch (error) {
    limit.stop();
    if (error instanceof ApiError || error instanceof ConnectionError) throw error;
    throw connectionError(request, error);
  }
}

function retryAfter({ headers }: Dispatcher.ResponseData): number | undefined {
  const header = headers['retry-after'];
  return retryAfterSeconds(Array.isArray(header) ? header[0] : header);
}

// Connections stay open for later requests; while idle they do not keep the process alive. Sixty
// seconds covers the usual time between invocations of a warm function. A Managed Instance runs 64
// concurrent invocations for each CPU, and none of them should wait for a connection.
const connectionOptions = {
  keepAliveTimeout: 60_000,
  connections: 256,
  maxResponseSize: 16 * 1024 * 1024,
} as const;

let direct: Dispatcher | undefined;

async function dispatcherFor(url: string): Promise<Dispatcher> {
  const proxied = proxyIsSet() ? await proxyDispatcherFor(url) : undefined;
  if (proxied !== undefined) return proxied;
  direct ??= new Agent(connectionOptions);
  return direct;
}

async function proxyDispatcherFor(url: string): Promise<Dispatcher | undefined> {
  const { proxyAgentFor } = await import('./proxy-agent.ts');
  return proxyAgentFor(new URL(url), connectionOptions);
}

function proxyIsSet(): boolean {
  const { env } = process;
  return Boolean(
    env['HTTPS_PROXY'] || env['https_proxy'] || env['HTTP_PROXY'] || env['http_proxy'],
  );
}

function ignore(): void {}
