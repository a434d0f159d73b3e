import { join } from 'node:path';

/** Where the sentinel listens, in the folder that it shares with the function. */
export function sentinelSocket(folder: string): string {
  return join(folder, 'sentinel.sock');
}
