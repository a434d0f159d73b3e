import { open, rename, stat } from 'node:fs/promises';
import { ConfigurationError } from '../../errors.ts';
import type { Backlog, BacklogEntry } from './backlog.ts';
import { marker } from './marked-text.ts';

/** The file for what could not be sent. */
export interface RejectedFile {
  /** Writes the entries as lines of a log and puts the file in its place, also when there are none. */
  readonly write: (backlog: Backlog, entries: readonly BacklogEntry[]) => Promise<void>;
}

/**
 * Prepares the file before anything is sent. It may be the very file that is being sent: until the
 * end it stays untouched.
 *
 * @throws ConfigurationError when it cannot be written
 */
export async function openRejectedFile(path: string): Promise<RejectedFile> {
  const draft = `${path}.${process.pid}.tmp`;
  const inPlace = await stat(path).catch(() => undefined);
  if (inPlace?.isDirectory()) throw unwritable(path, new Error('it is a directory'));
  const file = await open(draft, 'w', 0o600).catch((cause: Error) => {
    throw unwritable(path, cause);
  });
  return {
    async write(backlog, entries) {
      for (const entry of entries) {
        await file.write(`${marker.slice(0, -1)}${await backlog.json(entry)}\n`);
      }
      await file.close();
      await rename(draft, path);
    },
  };
}

function unwritable(path: string, cause: Error): ConfigurationError {
  return new ConfigurationError(
    `"${path}" cannot be written: ${cause.message}. Choose another file for --rejected.`,
    { cause },
  );
}
