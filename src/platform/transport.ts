/** One request to the platform and its answer: the only file that knows undici. */
import type { Dispatcher } from 'undici';
// The parts of undici that are used here: the whole of it costs twice the time and the memory.
import sendRequest from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import { startTimeLimit, type TimeLimit } from '../base/time-limit.ts';
import { ApiError, ConnectionError } from '../errors.ts';
import { refusal, retryAfterSeconds } from './answer.ts';
import { connectionError } from './connection-error.ts';

/** A request that is ready to be sent. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly apiKey: string;
  /** JSON text. */
  readonly body?: string | undefined;
  readonly timeoutMs: number;
  /** Ends the request early. */
  readonly signal?: AbortSignal | undefined;
}

/** What was answered to a request. */
export interface Answer {
  readonly text: string;
  /** The header `Date`. */
  readonly date: string | undefined;
}

/**
 * Sends a request and reads the whole answer.
 *
 * @throws ApiError when the answer is not a success, ConnectionError when there is none
 */
export async function exchange(request: ApiRequest): Promise<Answer> {
  return send(request, async ({ body, headers }, limit) => {
    const text = await body.text();
    limit.stop();
    const { date } = headers;
    return { text, date: Array.isArray(date) ? date[0] : date };
  });
}

/**
 * Sends a request and resolves as soon as the platform has accepted it. The answer's body is
 * left to arrive by itself: a report that was accepted need not wait for the record's echo.
 *
 * @throws ApiError when the answer is not a success, ConnectionError when there is none
 */
export async function post(request: ApiRequest): Promise<void> {
  return send(request, async ({ body }, limit) => {
    // Reading it to the end lets the connection be used again; how that ends is of no interest.
    void body.dump().catch(ignore).finally(limit.stop);
  });
}

async function send<T>(
  request: ApiRequest,
  read: (answer: Dispatcher.ResponseData, limit: TimeLimit) => Promise<T>,
): Promise<T> {
  const limit = startTimeLimit(request.timeoutMs, request.signal);
  try {
    const { origin, pathname, search } = new URL(request.url);
    const answer = await sendRequest.call(await dispatcherFor(request.url), {
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
    if (answer.statusCode >= 200 && answer.statusCode < 300) return await read(answer, limit);
    throw refusal(request, answer.statusCode, await answer.body.text(), retryAfter(answer));
  } catch (error) {
    limit.stop();
    if (error instanceof ApiError || error instanceof ConnectionError) throw error;
    throw connectionError(request, error);
  }
}

function retryAfter(answer: Dispatcher.ResponseData): number | undefined {
  const header = answer.headers['retry-after'];
  return retryAfterSeconds(Array.isArray(header) ? header[0] : header);
}

// Connections outlive a request so that the next one finds them open; undici lets go of the
// process while they idle. Sixty seconds bridges the pauses between a warm function's runs. A
// Managed Instance runs 64 invocations for each CPU at once: none should queue for a connection.
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
