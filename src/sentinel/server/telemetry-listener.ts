/**
 * Listens for what the Telemetry API sends, on whatever port is free. `node:http` would take a
 * fifth of the sentinel's start, which a function that starts waits for.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { readAnswer } from '../../delivery/lambda-extension/http-response.ts';
import { type PlatformEvent, readPlatformEvents } from './telemetry-events.ts';

// Twice what a batch is allowed to have; a longer one is not kept.
const mostBytes = 1024 * 1024;
const accepted = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';

/**
 * @returns the port
 * @throws when none is free
 */
export async function listenForTelemetry(
  onEvents: (events: readonly PlatformEvent[]) => void,
): Promise<number> {
  // Lambda keeps its connection across the time in which the environment is frozen: no time limits.
  const server = createServer((socket) => receive(socket, onEvents));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // The name that Lambda sends to is another address than the loopback one.
    server.listen(0, '0.0.0.0', resolve);
  });
  server.on('error', () => undefined);
  const address = server.address();
  return isAddressInfo(address) ? address.port : 0;
}

function receive(socket: Socket, onEvents: (events: readonly PlatformEvent[]) => void): void {
  let received = '';
  socket.setEncoding('latin1');
  socket.on('error', () => undefined);
  socket.on('data', (text: string) => {
    received += text;
    // A request has the parts of an answer after its first line.
    const request = readAnswer(received, false);
    if (request !== undefined) {
      received = '';
      // Whatever it was: what is not accepted would be sent again and again.
      socket.write(accepted);
      onEvents(readPlatformEvents(Buffer.from(request.body, 'latin1').toString('utf8')));
    } else if (received.length > mostBytes) {
      received = '';
      socket.end(accepted);
    }
  });
}

function isAddressInfo(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
