/** Listens for what the Telemetry API sends, on whatever port is free. */
import type { AddressInfo } from 'node:net';
import { type PlatformEvent, readPlatformEvents } from './platform-events.ts';

// Twice what a batch is allowed to have; the rest of a longer one is not kept.
const mostBytes = 1024 * 1024;

/**
 * @returns the port
 * @throws when none is free
 */
export async function listenForTelemetry(
  onEvents: (events: readonly PlatformEvent[]) => void,
): Promise<number> {
  const { createServer } = await import('node:http');
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes <= mostBytes) pieces.push(piece);
    });
    request.on('end', () => {
      // Whatever it was: what is not accepted would be sent again and again.
      response.end();
      onEvents(readPlatformEvents(Buffer.concat(pieces).toString('utf8')));
    });
    request.on('error', () => undefined);
  });
  // Lambda keeps its connection across the time in which the environment is frozen.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // The name that Lambda sends to is another address than the loopback one.
    server.listen(0, '0.0.0.0', resolve);
  });
  server.on('error', () => undefined);
  const address = server.address();
  return isAddressInfo(address) ? address.port : 0;
}

function isAddressInfo(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
