/** Tells the sentinel why the function's module cannot be loaded: nobody else can report it. */
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { type Environment, isSet } from '../../config/environment.ts';
import { storageFolder } from '../../delivery/execution-environment/storage.ts';
import { messageLine } from '../protocol/messages.ts';
import { sentinelSocket } from '../protocol/socket-path.ts';

// Both ends are on this machine: what takes longer does not work.
const longestWaitMs = 100;
// For the message and a stack.
const mostCharacters = 16_384;

/** Resolves when the sentinel has it, at once where there is none. Never rejects. */
export async function reportLoadError(environment: Environment, error: unknown): Promise<void> {
  const folder = isSet(environment, 'disabled') ? undefined : storageFolder(environment);
  if (folder === undefined || !existsSync(sentinelSocket(folder))) return;
  const line = messageLine({ kind: 'load-error', text: textOf(error).slice(0, mostCharacters) });
  let timer: NodeJS.Timeout | undefined;
  try {
    const socket = connect(sentinelSocket(folder));
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, longestWaitMs);
      socket.on('error', () => resolve()).on('close', () => resolve());
      socket.end(line, () => resolve());
    });
  } catch {
    // The runtime says it all the same, in the function's log.
  }
  clearTimeout(timer);
}

function textOf(error: unknown): string {
  try {
    return error instanceof Error ? (error.stack ?? String(error)) : String(error);
  } catch {
    return 'something that cannot be read';
  }
}
