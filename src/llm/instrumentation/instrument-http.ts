/** Hears the calls of `node:http` and `node:https`. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { CallObserver } from './call-observer.ts';
import { listenBefore } from './listen-before.ts';
import type { ObservedCall } from './observed-call.ts';
import { plainHeaders } from './plain-headers.ts';

export function listenToHttp(tap: CallObserver): void {
  const observed = new WeakMap<ClientRequest, ObservedCall>();
  tap.on('http.client.request.start', (message: Partial<HttpMessage>) => {
    const { request } = message;
    const host = request?.getHeader('host');
    if (request === undefined || typeof host !== 'string') return;
    const protocol = request.protocol === 'https:' ? 'https:' : 'http:';
    const call = tap.observe({ method: request.method, protocol, host, path: request.path });
    if (call) observed.set(request, call);
  });
  // Said when the head of the answer has come, before anybody can read its body.
  tap.on('http.client.response.finish', (message: Partial<HttpMessage>) => {
    const { request, response } = message;
    const call = request && observed.get(request);
    if (call === undefined || response === undefined) return;
    call.answered(response.statusCode ?? 0, plainHeaders(response.headers));
    const hear = tap.contained((chunk: unknown) => {
      if (chunk !== null) call.received(chunk);
      else if (response.complete) call.completed();
    });
    listenBefore(response, 'push', hear);
  });
}

interface HttpMessage {
  readonly request: ClientRequest;
  readonly response: IncomingMessage;
}
