import type { DatabaseSync } from 'node:sqlite';
import { ConfigurationError } from '../../errors.ts';
import { cacheTokens } from './cache-tokens.ts';
import { pageTables } from './page-tables.ts';

// ASCII "xpla" in SQLite's application_id identifies our files.
const applicationId = 0x7870_6c61;

// Time that a write waits for a lock of another process.
const busyTimeoutMs = 2000;

/**
 * The n-th entry migrates a file from version n to n + 1. Released entries must not be edited; a new
 * table or column needs a new entry.
 */
const migrations: readonly string[] = [
  // The largest column, report, is last so that SQLite skips its pages if it is not selected.
  `CREATE TABLE agents (
     id TEXT PRIMARY KEY,
     created_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE tasks (
     agent_id TEXT NOT NULL REFERENCES agents (id),
     id TEXT NOT NULL,
     update_order INTEGER NOT NULL UNIQUE,
     report_count INTEGER NOT NULL,
     status TEXT NOT NULL,
     created_at TEXT NOT NULL,
     updated_at TEXT NOT NULL,
     duration_seconds REAL NOT NULL,
     tokens TEXT,
     used_tools TEXT NOT NULL,
     input TEXT,
     result TEXT,
     report TEXT NOT NULL,
     PRIMARY KEY (agent_id, id)
   ) STRICT;
   CREATE INDEX tasks_of_agent ON tasks (agent_id, update_order DESC);
   CREATE INDEX tasks_by_id ON tasks (id, update_order DESC);`,
  pageTables,
  cacheTokens,
];

/**
 * Opens the task database, and creates or migrates it.
 *
 * @throws {ConfigurationError} if Node.js has no SQLite, or the file belongs to another program, was
 * written by a newer version or is not writable
 */
export function openDatabase(file: string): DatabaseSync {
  const sqlite = loadSqlite();
  let database: DatabaseSync | undefined;
  try {
    database = new sqlite.DatabaseSync(file);
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    // Checked before anything is written, so that files of other programs stay unchanged.
    checkOwner(database, file);
    // FULL syncs the log at each commit, so a confirmed report survives SIGKILL and a power failure.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    migrate(database);
    return database;
  } catch (error) {
    database?.close();
    throw error instanceof ConfigurationError ? error : unusable(file, error);
  }
}

function loadSqlite(): typeof import('node:sqlite') {
  // Suppresses the warning of Node.js 22 that SQLite is experimental.
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    const sqlite = process.getBuiltinModule('node:sqlite');
    if (sqlite === undefined) {
      throw new ConfigurationError(
        `The local platform needs SQLite, which requires Node.js 22.13 or newer. This is Node.js ${process.versions.node}.`,
      );
    }
    return sqlite;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function checkOwner(database: DatabaseSync, file: string): void {
  const owner = pragma(database, 'application_id');
  const tables = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get()?.['count'];
  if (owner !== applicationId && (owner !== 0 || tables !== 0)) {
    throw new ConfigurationError(
      `"${file}" is a database of another program. Choose another file for the tasks.`,
    );
  }
  const version = pragma(database, 'user_version');
  if (version > migrations.length) {
    throw new ConfigurationError(
      `"${file}" was written by a newer xpander-lambda (file version ${version}, supported up to ${migrations.length}). Update xpander-lambda or choose another file.`,
    );
  }
}

function migrate(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  // Read inside the transaction because another process may have migrated the file.
  for (const migration of migrations.slice(pragma(database, 'user_version'))) {
    database.exec(migration);
  }
  database.exec(`PRAGMA application_id = ${applicationId};
                 PRAGMA user_version = ${migrations.length};
                 COMMIT`);
}

function pragma(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function unusable(file: string, cause: unknown): ConfigurationError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ConfigurationError(
    `"${file}" cannot be used as the task database: ${reason}. Choose another file for the tasks.`,
    { cause },
  );
}
