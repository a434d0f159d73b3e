/** Observes the HTTP requests that a process makes, and copies the LLM responses among them. */
import { subscribe } from 'node:diagnostics_channel';
import type { CallObserver, ObservedRequest } from './call-observer.ts';
import { instrumentHttp } from './instrument-http.ts';
import { instrumentHttp2 } from './instrument-http2.ts';
import { instrumentUndici } from './instrument-undici.ts';
import { isLlmHost, isNamedHost } from './llm-hosts.ts';
import { isLlmPath, isPoll, looksLikeLlm } from './llm-paths.ts';
import { observeMcpRequest } from './mcp-request.ts';
import { observeCall } from './observed-call.ts';
import {
  type FindInvocation,
  type ObservedInvocation,
  observedInvocation,
} from './observed-invocation.ts';

interface InstrumentationLog {
  readonly debug: (message: string) => void;
  readonly warn: (message: string) => void;
}

// On the global object: two copies of this package would count every call twice.
const key = Symbol.for('xpander-lambda.taps.1');
const shared: Partial<Record<symbol, boolean>> = globalThis;

/**
 * Once for a process.
 *
 * @param find - returns the invocation that a call belongs to
 */
export function instrumentClients(find: FindInvocation, log: InstrumentationLog): void {
  if (shared[key]) return;
  shared[key] = true;

  let hasFailed = false;
  const contained: CallObserver['contained'] = (handle) => (value) => {
    try {
      handle(value);
    } catch (error) {
      if (hasFailed) return;
      hasFailed = true;
      log.warn(`LLM calls are not captured because of an internal error: ${nameOf(error)}`);
    }
  };
  const logUnknownHost = createUnknownHostLog(log);
  const observer: CallObserver = {
    contained,
    on: (channel, handle) =>
      subscribe(
        channel,
        contained((message: unknown) => {
          if (typeof message === 'object' && message !== null) handle(message);
        }),
      ),
    observe(request) {
      const { method, protocol, path } = request;
      if (method !== 'POST' && !(method === 'GET' && isPoll(path))) return undefined;
      const invocation = observedInvocation(find);
      if (invocation === undefined) return undefined;
      const host = request.host.toLowerCase();
      if (isLlmCall(invocation, method, host, path)) {
        return observeCall(invocation, `${protocol}//${request.host}${path}`);
      }
      logUnknownHost(host, request);
      return undefined;
    },
    observeMcp: (headers) => observeMcpRequest(headers, () => observedInvocation(find)),
  };
  const instrument = contained((start: (observer: CallObserver) => void) => start(observer));
  for (const start of [instrumentUndici, instrumentHttp, instrumentHttp2]) instrument(start);
}

function isLlmCall(
  { llmHosts }: ObservedInvocation,
  method: string,
  host: string,
  path: string,
): boolean {
  // On a host that the user names, the response shows whether it is one.
  return isNamedHost(host, llmHosts) || (isLlmHost(host) && isLlmPath(method, path));
}

// Enough to find a forgotten gateway.
const mostHosts = 20;

function createUnknownHostLog(
  log: InstrumentationLog,
): (host: string, request: ObservedRequest) => void {
  const logged = new Set<string>();
  return (host, { path, contentType }) => {
    if (!looksLikeLlm(path) || logged.has(host) || logged.size >= mostHosts) return;
    if (contentType !== undefined && !/json/i.test(contentType)) return;
    logged.add(host);
    log.debug(
      `a request to ${host} looks like an LLM call and is not captured: if it is one, add the host to XPANDER_LLM_HOSTS`,
    );
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
}
