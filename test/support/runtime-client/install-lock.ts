/** Lets one process install at a time. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';

const pollMs = 100;
/** Thirty times what compiling takes on two cores. */
const limitMs = 30 * 60_000;

/**
 * Waits for the lock in a directory and holds it until disposed of. SQLite's lock on an empty file
 * is the system's own, so it goes with the process that held it, however that ended.
 *
 * @throws Error after half an hour
 */
export async function holdInstallLock(directory: string): Promise<AsyncDisposable> {
  await mkdir(directory, { recursive: true });
  const database = new DatabaseSync(join(directory, 'install-lock.db'));
  const deadline = Date.now() + limitMs;
  while (!tryLock(database)) {
    if (Date.now() > deadline) throw new Error(`Another process holds the lock in ${directory}.`);
    await setTimeout(pollMs);
  }
  return { [Symbol.asyncDispose]: async () => database.close() };
}

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch {
    return false;
  }
}
