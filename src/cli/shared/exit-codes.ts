/** Exit codes of the command: 0 done, 1 it failed, 2 wrong usage. */
import type { CommanderError } from 'commander';
import { isKeyRefused } from '../../delivery/policy/error-policy.ts';
import { ConfigurationError, ConnectionError, XpanderError } from '../../errors.ts';
import { safeLine } from './terminal-text.ts';

/** For `exitOverride()`: what commander refuses is wrong usage. */
export function exitAsUsage({ exitCode }: CommanderError): never {
  process.exit(exitCode === 0 ? 0 : 2);
}

/**
 * Says in one sentence on standard error what went wrong, and sets the exit code.
 *
 * @throws what is not an error of this package
 */
export function endWith(error: unknown): void {
  if (!(error instanceof XpanderError)) throw error;
  sayError(error.message + adviceFor(error));
  process.exitCode = error instanceof ConfigurationError ? 2 : 1;
}

/** One line on standard error, whatever answers hold. */
export function sayError(message: string): void {
  console.error(`error: ${safeLine(message)}`);
}

const wrongAddress = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** What to change, where the client cannot know of the flags. */
export function adviceFor(error: XpanderError): string {
  if (error instanceof ConnectionError && wrongAddress.has(error.code)) {
    return ' Check --base-url or XPANDER_BASE_URL.';
  }
  return isKeyRefused(error) ? '. Check XPANDER_API_KEY or --api-key-secret.' : '';
}
