/** A server that stands for a vendor's service: it takes everything and keeps it. */

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

export interface ReceivedByVendor {
  /** With the query; of a datagram empty. */
  readonly path: string;
  readonly body: string;
}

export interface VendorServer extends AsyncDisposable {
  /** Host and port; datagrams are taken on the same number. */
  readonly address: string;
  /** What came in, oldest first. */
  readonly received: readonly ReceivedByVendor[];
}

export async function startVendorServer(): Promise<VendorServer> {
  const received: ReceivedByVendor[] = [];
  const server = createServer(async (request, response) => {
    received.push({ path: request.url ?? '', body: await bodyOf(request) });
    response.setHeader('content-type', 'application/json').end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const socket = createSocket('udp4', (message) => {
    received.push({ path: '', body: message.toString() });
  });
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');

  return {
    address: `127.0.0.1:${port}`,
    received,
    [Symbol.asyncDispose]: async () => {
      socket.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const bytes = await buffer(request);
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
}
