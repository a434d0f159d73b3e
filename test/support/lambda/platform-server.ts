/** The one HTTP server in an execution environment, for all Lambda APIs. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers a request and returns true, or returns false if it belongs to another API. */
export type Api = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface PlatformServer extends AsyncDisposable {
  /** Host and port, the value of `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
}

/** Lambda's limit for the request line and headers together, in bytes. */
const maxHeaderSize = 1024 * 1024;

export async function startPlatformServer(apis: readonly Api[]): Promise<PlatformServer> {
  // A poll for the next event may take hours, and so may a pause between two requests.
  const server = createServer({ maxHeaderSize, requestTimeout: 0, keepAliveTimeout: 0 });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!apis.some((api) => api(request, response))) response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
