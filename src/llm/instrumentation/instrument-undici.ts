/** Observes the requests of undici, which the global `fetch` uses: Node's copy, and any other. */
import type { CallObserver } from './call-observer.ts';
import { listenBefore } from './listen-before.ts';
import type { McpRequest } from './mcp-request.ts';
import type { ObservedCall } from './observed-call.ts';
import { plainHeaders } from './plain-headers.ts';

/** The fields that undici's request has in all versions. */
interface UndiciRequest {
  readonly origin?: unknown;
  readonly path?: unknown;
  readonly method?: unknown;
  readonly headers?: unknown;
}

interface UndiciMessage {
  readonly request: UndiciRequest;
  readonly response: { readonly statusCode?: unknown; readonly headers?: unknown };
  readonly chunk: unknown;
}

export function instrumentUndici({ on, contained, observe, observeMcp }: CallObserver): void {
  const calls = new WeakMap<UndiciRequest, ObservedCall>();
  const mcpRequests = new WeakMap<UndiciRequest, McpRequest>();
  const origins = new Map<string, URL | undefined>();

  on('undici:request:create', ({ request }: Partial<UndiciMessage>) => {
    const { method, path } = request ?? {};
    if (request === undefined || typeof path !== 'string') return;
    if (method !== 'POST' && method !== 'GET') return;
    const origin = originOf(request, origins);
    const mcp = method === 'POST' ? observeMcp(request.headers) : undefined;
    if (mcp) {
      mcpRequests.set(request, mcp);
      if (!publishesChunks(request, 'onBodySent')) {
        listenBefore(request, 'onBodySent', contained(mcp.sent));
      }
    }
    if (origin === undefined) return;
    const protocol = origin.protocol === 'http:' ? 'http:' : 'https:';
    const call = observe({ method, protocol, host: origin.host, path });
    if (call === undefined) return;
    calls.set(request, call);
    if (!publishesChunks(request, 'onData') && !publishesChunks(request, 'onResponseData')) {
      listenBefore(request, 'onData', contained(call.received));
    }
  });
  const onCall = (
    channel: string,
    handle: (call: ObservedCall, message: Partial<UndiciMessage>) => void,
  ): void =>
    on(channel, (message: Partial<UndiciMessage>) => {
      const call = message.request && calls.get(message.request);
      if (call) handle(call, message);
    });
  onCall('undici:request:headers', (call, { response }) =>
    call.responded(Number(response?.statusCode), headersOf(response?.headers)),
  );
  onCall('undici:request:bodyChunkReceived', (call, { chunk }) => call.received(chunk));
  onCall('undici:request:trailers', (call) => call.completed());
  on('undici:request:bodyChunkSent', ({ request, chunk }: Partial<UndiciMessage>) => {
    if (request) mcpRequests.get(request)?.sent(chunk);
  });
}

/**
 * Whether this version publishes each chunk on a channel, as 7 and later do. The source of its method
 * shows that: bundlers do not rename properties.
 */
function publishesChunks(request: UndiciRequest, method: string): boolean {
  const own: unknown = Reflect.get(request, method);
  return typeof own === 'function' && String(own).includes('bodyChunk');
}

const mostOrigins = 100;

function originOf({ origin }: UndiciRequest, known: Map<string, URL | undefined>): URL | undefined {
  if (origin instanceof URL) return origin;
  if (typeof origin !== 'string') return undefined;
  if (known.has(origin)) return known.get(origin);
  if (known.size >= mostOrigins) known.clear();
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  known.set(origin, url);
  return url;
}

/** Names and values in turn, as they came over the wire; version 8 has an object over HTTP/2. */
function headersOf(raw: unknown): Record<string, string> {
  if (!Array.isArray(raw)) return plainHeaders(Object(raw));
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < raw.length; index += 2) {
    headers[textOf(raw[index]).toLowerCase()] = textOf(raw[index + 1]);
  }
  return headers;
}

function textOf(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('latin1') : String(value);
}
