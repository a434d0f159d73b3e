/** Hears the calls of `node:http2`, by which the AWS SDK talks to Bedrock. */
import type { ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import type { CallObserver } from './call-observer.ts';
import { listenBefore } from './listen-before.ts';
import type { ObservedCall } from './observed-call.ts';
import { plainHeaders } from './plain-headers.ts';

/** Node has these channels from 22.17 and 24.2 on. */
export function listenToHttp2(tap: CallObserver): void {
  const observed = new WeakMap<ClientHttp2Stream, ObservedCall>();
  tap.on('http2.client.stream.created', (message: Partial<Created>) => {
    const { stream, headers } = message;
    if (stream === undefined || headers === undefined || isOfUndici(stream)) return;
    const host = headers[':authority'] ?? headers['host'];
    const path = headers[':path'];
    if (typeof host !== 'string' || typeof path !== 'string') return;
    const protocol = headers[':scheme'] === 'http' ? 'http:' : 'https:';
    const call = tap.observe({ method: headers[':method'], protocol, host, path });
    if (call === undefined) return;
    observed.set(stream, call);
    const hear = tap.contained((chunk: unknown) => {
      if (chunk !== null) call.received(chunk);
      else if (!stream.rstCode) call.completed();
    });
    listenBefore(stream, 'push', hear);
  });
  // Said when the head of the answer has come.
  tap.on('http2.client.stream.finish', (message: Partial<Finished>) => {
    const { stream, headers } = message;
    const call = stream && observed.get(stream);
    if (call && headers) call.answered(Number(headers[':status']), plainHeaders(headers));
  });
}

/** Undici tells of its calls itself. It marks the sessions that it has made. */
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
