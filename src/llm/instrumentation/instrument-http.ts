/** Observes the requests of `node:http` and `node:https`. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { CallObserver } from './call-observer.ts';
import { listenBefore } from './listen-before.ts';
import type { ObservedCall } from './observed-call.ts';
import { plainHeaders } from './plain-headers.ts';

export function instrumentHttp({ on, contained, observe }: CallObserver): void {
  const calls = new WeakMap<ClientRequest, ObservedCall>();
  on('http.client.request.start', (message: Partial<HttpMessage>) => {
    const { request } = message;
    const host = request?.getHeader('host');
    if (request === undefined || typeof host !== 'string') return;
    const type = request.getHeader('content-type');
    const call = observe({
      method: request.method,
      protocol: request.protocol === 'https:' ? 'https:' : 'http:',
      host,
      path: request.path,
      contentType: typeof type === 'string' ? type : undefined,
    });
    if (call) calls.set(request, call);
  });
  // Published when the head of the response is there, before anybody can read its body.
  on('http.client.response.finish', (message: Partial<HttpMessage>) => {
    const { request, response } = message;
    const call = request && calls.get(request);
    if (call === undefined || response === undefined) return;
    call.responded(response.statusCode ?? 0, plainHeaders(response.headers));
    const onPush = contained((chunk: unknown) => {
      if (chunk !== null) call.received(chunk);
      else if (response.complete) call.completed();
    });
    listenBefore(response, 'push', onPush);
  });
}

interface HttpMessage {
  readonly request: ClientRequest;
  readonly response: IncomingMessage;
}
