import type { DatabaseSync } from 'node:sqlite';

/** Runs the work in a transaction, which is rolled back if it throws. */
export function withTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    database.exec('COMMIT');
    return value;
  } catch (error) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // SQLite rolls back by itself on some errors, such as a full disk.
    }
    throw error;
  }
}
