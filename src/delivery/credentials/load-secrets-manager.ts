/** Loads the AWS SDK when the first secret is read, and explains why it cannot be loaded. */
import { ApiKeyError } from '../../errors.ts';

export type SecretsManagerSdk = typeof import('./secrets-manager.ts');

/** @throws ApiKeyError with the cause and what to do about it */
export async function loadSecretsManager(): Promise<SecretsManagerSdk> {
  try {
    return await import('./secrets-manager.ts');
  } catch (cause) {
    throw new ApiKeyError(
      `The AWS client that reads the secret could not be loaded: ${reasonOf(cause)}. ${remedyFor(cause)}, or set XPANDER_API_KEY to the key itself.`,
      { cause },
    );
  }
}

/** Node.js lists the importing files below the first line. */
function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.split('\n', 1).join('').replace(/\.$/, '');
}

function remedyFor(cause: unknown): string {
  const isMissing = /Cannot find (?:module|package)|Loading chunk/.test(reasonOf(cause));
  return isMissing
    ? 'Deploy every file that your bundler writes, or all of node_modules/xpander-lambda'
    : 'Bundle for Node.js, see docs/bundlers.md of xpander-lambda';
}
