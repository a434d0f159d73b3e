/** Exit codes of the command: 0 success, 1 failure, 2 wrong usage. */
import type { CommanderError } from 'commander';
import { isKeyRefused } from '../../delivery/policy/error-policy.ts';
import { ConfigurationError, ConnectionError, XpanderError } from '../../errors.ts';
import { safeLine } from './terminal-text.ts';

/** For `exitOverride()`: errors of commander are wrong usage. */
export function exitOnUsageError({ exitCode }: CommanderError): never {
  process.exit(exitCode === 0 ? 0 : 2);
}

/**
 * Prints an error of this package to standard error and sets the exit code.
 *
 * @throws any other error
 */
export function exitWithError(error: unknown): void {
  if (!(error instanceof XpanderError)) throw error;
  printError(error.message + errorHint(error));
  process.exitCode = error instanceof ConfigurationError ? 2 : 1;
}

/** Prints one line to standard error, without control characters. */
export function printError(message: string): void {
  console.error(`error: ${safeLine(message)}`);
}

const wrongAddressCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** A hint that names the flags, which the API client does not know. */
export function errorHint(error: XpanderError): string {
  if (error instanceof ConnectionError && wrongAddressCodes.has(error.code)) {
    return ' Check --base-url or XPANDER_BASE_URL.';
  }
  return isKeyRefused(error) ? '. Check XPANDER_API_KEY or --api-key-secret.' : '';
}
