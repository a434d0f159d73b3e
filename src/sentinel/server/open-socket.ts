/** Opens the socket on which the function's reporters find the sentinel. */
import { chmodSync, mkdirSync, unlinkSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';

/**
 * Resolves to why it is not possible, undefined when it is open. Never rejects.
 *
 * @param path - a socket that is there already was left by an earlier environment
 */
export function openSocket(
  folder: string,
  path: string,
  onConnection: (socket: Socket) => void,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer(onConnection);
    // Later ones as well: an error that nobody hears ends the process.
    server.on('error', (error) => resolve(error.message));
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      remove(path);
      server.listen(path, () => {
        chmodSync(path, 0o600);
        resolve(undefined);
      });
    } catch (error) {
      resolve(String(error));
    }
  });
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // There is none, or it cannot be removed; then listening says so.
  }
}
