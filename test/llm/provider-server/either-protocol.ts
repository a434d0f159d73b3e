/** HTTP/1.1 and HTTP/2 on one port, told apart by the first bytes, with TLS and without. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

export type Request = IncomingMessage | Http2ServerRequest;
export type Response = ServerResponse | Http2ServerResponse;

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface EitherProtocol {
  readonly server: Server;
  readonly secureServer: Server;
  /** Ends every connection. */
  readonly close: () => void;
}

/** Of the preface `PRI * HTTP/2.0`, with which no request of HTTP/1.1 that we get begins. */
const firstOfHttp2 = 'PRI'.charCodeAt(0);

export function createEitherProtocol(
  answer: (request: Request, response: Response) => void,
  certificate: Certificate,
): EitherProtocol {
  const sockets = new Set<Socket>();
  // A frozen function keeps its connections for longer than Node.js would.
  const http1 = createServer({ keepAliveTimeout: 0, noDelay: true }, answer);
  const http2 = createHttp2Server(answer);
  http2.on('sessionError', () => {});
  const serve = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    socket.once('readable', () => {
      const bytes: Buffer | null = socket.read();
      if (bytes === null) return void socket.destroy();
      socket.unshift(bytes);
      const isHttp2 = bytes[0] === firstOfHttp2 && bytes[1] === 'R'.charCodeAt(0);
      (isHttp2 ? http2 : http1).emit('connection', socket);
    });
  };
  const server = createTcpServer({ noDelay: true }, serve);
  const secureServer = createTlsServer(
    { ...certificate, ALPNProtocols: ['h2', 'http/1.1'], noDelay: true },
    serve,
  );
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
    secureServer.close();
  };
  return { server, secureServer, close };
}
