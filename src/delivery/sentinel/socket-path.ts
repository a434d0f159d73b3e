import { join } from 'node:path';

export const socketName = 'sentinel.sock';

/** Where the sentinel listens, in the folder that it shares with the function. */
export function sentinelSocket(folder: string): string {
  return join(folder, socketName);
}
