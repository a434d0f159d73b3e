/** Observes the requests of `node:http2`, which the AWS SDK uses for Amazon Bedrock. */
import type { ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import type { CallObserver } from './call-observer.ts';
import { listenBefore } from './listen-before.ts';
import type { ObservedCall } from './observed-call.ts';
import { plainHeaders } from './plain-headers.ts';

/** Node.js has these channels from 22.17 and 24.2 on. */
export function instrumentHttp2({ on, contained, observe }: CallObserver): void {
  const calls = new WeakMap<ClientHttp2Stream, ObservedCall>();
  on('http2.client.stream.created', (message: Partial<Created>) => {
    const { stream, headers } = message;
    if (stream === undefined || headers === undefined || isOfUndici(stream)) return;
    const host = headers[':authority'] ?? headers['host'];
    const path = headers[':path'];
    const contentType = headers['content-type'];
    if (typeof host !== 'string' || typeof path !== 'string') return;
    const protocol = headers[':scheme'] === 'http' ? 'http:' : 'https:';
    const call = observe({ method: headers[':method'], protocol, host, path, contentType });
    if (call === undefined) return;
    calls.set(stream, call);
    const onPush = contained((chunk: unknown) => {
      if (chunk !== null) call.received(chunk);
      else if (!stream.rstCode) call.completed();
    });
    listenBefore(stream, 'push', onPush);
  });
  // Published when the head of the response is there.
  on('http2.client.stream.finish', (message: Partial<Finished>) => {
    const { stream, headers } = message;
    const call = stream && calls.get(stream);
    if (call && headers) call.responded(Number(headers[':status']), plainHeaders(headers));
  });
}

/** Undici has channels of its own. It marks the sessions that it creates. */
function isOfUndici({ session }: ClientHttp2Stream): boolean {
  const marks = session ? Object.getOwnPropertySymbols(session) : [];
  return marks.some(({ description }) => description === 'open streams');
}

interface Created {
  readonly stream: ClientHttp2Stream;
  readonly headers: OutgoingHttpHeaders;
}

interface Finished {
  readonly stream: ClientHttp2Stream;
  readonly headers: IncomingHttpHeaders;
}
