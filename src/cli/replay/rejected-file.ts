import { open, rename, stat } from 'node:fs/promises';
import { ConfigurationError } from '../../errors.ts';
import type { Backlog, BacklogEntry } from './backlog.ts';
import { marker } from './find-dead-letters.ts';

/** The file that receives the reports that could not be sent. */
export interface RejectedFile {
  /** Writes the entries as log lines and replaces the file, also if there are no entries. */
  readonly write: (backlog: Backlog, entries: readonly BacklogEntry[]) => Promise<void>;
}

/**
 * Checks that the file can be written before anything is sent. The file itself stays unchanged until
 * the end because it may be the export that is being sent.
 *
 * @throws ConfigurationError if the file cannot be written
 */
export async function openRejectedFile(path: string): Promise<RejectedFile> {
  const temporaryPath = `${path}.${process.pid}.tmp`;
  const existing = await stat(path).catch(() => undefined);
  if (existing?.isDirectory()) throw unwritable(path, new Error('it is a directory'));
  const file = await open(temporaryPath, 'w', 0o600).catch((cause: Error) => {
    throw unwritable(path, cause);
  });
  return {
    async write(backlog, entries) {
      for (const entry of entries) {
        await file.write(`${marker.slice(0, -1)}${await backlog.json(entry)}\n`);
      }
      await file.close();
      await rename(temporaryPath, path);
    },
  };
}

function unwritable(path: string, cause: Error): ConfigurationError {
  return new ConfigurationError(
    `"${path}" cannot be written: ${cause.message}. Choose another file for --rejected.`,
    { cause },
  );
}
