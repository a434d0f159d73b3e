import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../config/environment.ts';

/** Where a function's reports and journal entries outlive its process. */
export interface Storage {
  readonly folder: string;
  /** Whether nobody says when the environment ends, and the files with it. */
  readonly endsUnannounced: boolean;
  /** Whether this process is one of many that share it: the workers of a Managed Instance. */
  readonly isShared: boolean;
  /** Whether the environment is never frozen, and Lambda repeats events beside it. @default false */
  readonly isNeverFrozen?: boolean;
}

/**
 * The folder for what has to outlive the process. Undefined off Lambda: a test or a local run
 * leaves nothing behind.
 */
export function storageFolder(environment: Environment): string | undefined {
  const isLambda = environment['AWS_LAMBDA_RUNTIME_API'] && environment['AWS_LAMBDA_FUNCTION_NAME'];
  return isLambda ? join(tmpdir(), 'xpander-lambda') : undefined;
}

/** For the journal entries of all reporters: a process that died may have had others than this one. */
export function runsFolder(folder: string): string {
  return join(folder, 'runs');
}
