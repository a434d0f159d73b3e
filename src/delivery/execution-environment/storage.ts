import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../config/environment.ts';

/** Where the reports and journal entries of a function outlive its process. */
export interface Storage {
  readonly folder: string;
  /** Whether the environment, and its files, may end without notice. */
  readonly endsUnannounced: boolean;
  /** Whether this process is one of many that share the folder: workers of a Managed Instance. */
  readonly isShared: boolean;
  /** Whether the environment is never frozen, and runs during retries elsewhere. @default false */
  readonly isNeverFrozen?: boolean;
}

/**
 * Returns the folder for files that must outlive the process. Undefined outside Lambda, so that a
 * test or a local run leaves nothing behind.
 */
export function storageFolder(environment: Environment): string | undefined {
  const isLambda = environment['AWS_LAMBDA_RUNTIME_API'] && environment['AWS_LAMBDA_FUNCTION_NAME'];
  return isLambda ? join(tmpdir(), 'xpander-lambda') : undefined;
}

/** Holds the journal entries of all reporters, because a dead process may have had others. */
export function runsFolder(folder: string): string {
  return join(folder, 'runs');
}
