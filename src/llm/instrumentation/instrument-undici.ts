/** Hears the calls of undici, by which the global `fetch` works: Node's own copy, and any other. */
import type { CallObserver } from './call-observer.ts';
import { listenBefore } from './listen-before.ts';
import type { McpRequest } from './mcp-request.ts';
import type { ObservedCall } from './observed-call.ts';
import { plainHeaders } from './plain-headers.ts';

/** What all versions have of undici's request. */
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

export function listenToUndici(tap: CallObserver): void {
  const calls = new WeakMap<UndiciRequest, ObservedCall>();
  const mcpRequests = new WeakMap<UndiciRequest, McpRequest>();
  const origins = new Map<string, URL | undefined>();

  tap.on('undici:request:create', ({ request }: Partial<UndiciMessage>) => {
    if (request?.method !== 'POST' || typeof request.path !== 'string') return;
    const origin = originOf(request, origins);
    const mcp = tap.observeMcp(request.headers);
    if (mcp) {
      mcpRequests.set(request, mcp);
      if (!saysChunks(request, 'onBodySent')) {
        listenBefore(request, 'onBodySent', tap.contained(mcp.sent));
      }
    }
    if (origin === undefined) return;
    const protocol = origin.protocol === 'http:' ? 'http:' : 'https:';
    const call = tap.observe({ method: 'POST', protocol, host: origin.host, path: request.path });
    if (call === undefined) return;
    calls.set(request, call);
    if (!saysChunks(request, 'onData') && !saysChunks(request, 'onResponseData')) {
      listenBefore(request, 'onData', tap.contained(call.received));
    }
  });
  const hear = (
    channel: string,
    tell: (call: ObservedCall, message: Partial<UndiciMessage>) => void,
  ): void =>
    tap.on(channel, (message: Partial<UndiciMessage>) => {
      const call = message.request && calls.get(message.request);
      if (call) tell(call, message);
    });
  hear('undici:request:headers', (call, { response }) =>
    call.answered(Number(response?.statusCode), headersOf(response?.headers)),
  );
  hear('undici:request:bodyChunkReceived', (call, { chunk }) => call.received(chunk));
  hear('undici:request:trailers', (call) => call.completed());
  tap.on('undici:request:bodyChunkSent', ({ request, chunk }: Partial<UndiciMessage>) => {
    if (request) mcpRequests.get(request)?.sent(chunk);
  });
}

/**
 * Whether this version tells of each piece by a channel, as 7 and later do: its method says so, and
 * a bundler leaves the names of properties alone.
 */
function saysChunks(request: UndiciRequest, method: string): boolean {
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

/** Names and values in turn, as they came over the wire; version 8 has them by name over HTTP/2. */
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
