import { once } from 'node:events';
import { createServer } from 'node:net';

// Below those that the system gives to whoever asks for any: no other test comes to listen there.
const lowest = 10_000;
const highest = 30_000;

/** A port of this machine on which nothing listens, nor will. */
export async function closedPort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    server.close();
    if (isFree) {
      await once(server, 'close');
      return port;
    }
  }
}
