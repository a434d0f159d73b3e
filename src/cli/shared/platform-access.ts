/** The flags by which a command reaches a platform, local or real. */
import type { Command } from 'commander';
import { readVariable } from '../../config/environment.ts';
import {
  type Configuration,
  isLoopback,
  resolveConfiguration,
} from '../../config/platform-configuration.ts';
import { createApiKeyProvider } from '../../delivery/credentials/api-key.ts';
import { ConfigurationError } from '../../errors.ts';
import { callWithRetries } from './call-with-retries.ts';
import { name, waitingTime } from './flag-values.ts';

/** The values of these flags. */
export interface PlatformFlags {
  readonly baseUrl?: string;
  readonly apiKeySecret?: string;
  /** Seconds. */
  readonly timeout: number;
}

/** How to reach the platform, and for how long to try. */
export interface PlatformAccess {
  readonly configuration: Configuration;
  /** Makes a call, again where that may help. */
  readonly call: <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
}

export function addPlatformFlags(command: Command): Command {
  return command
    .option(
      '--base-url <url>',
      'where the platform is (default: XPANDER_BASE_URL, else xpander.ai)',
    )
    .option('--api-key-secret <id>', 'secret of AWS Secrets Manager that holds the API key', name)
    .option('--timeout <seconds>', 'give up after this time, retries included', waitingTime, 30);
}

/** Where these commands take the key from, for their help. */
export const keyHelp = `
The API key comes from XPANDER_API_KEY, or from the secret of AWS Secrets Manager that
--api-key-secret or XPANDER_API_KEY_SECRET names. A platform on this machine needs none unless it
was started with keys.`;

// The local platform takes any key, but requires one. Errors replace the key by `[redacted]`, so it
// must not be a word.
const localKey = 'any-key-will-do-4747';

/**
 * @throws ConfigurationError when a value is not usable or there is no key, ApiKeyError when the
 * secret gives none
 */
export async function openPlatform(flags: PlatformFlags): Promise<PlatformAccess> {
  const timeMs = flags.timeout * 1_000;
  const given: Configuration = {
    baseUrl: flags.baseUrl,
    // One try that hangs is to leave time for another.
    timeoutMs: Math.ceil(Math.min(timeMs, Math.max(10_000, timeMs / 2))),
  };
  return {
    configuration: { ...given, apiKey: await findKey(flags, given) },
    call: (work) => callWithRetries(timeMs, work),
  };
}

async function findKey(flags: PlatformFlags, given: Configuration): Promise<string> {
  const { apiKey, baseUrl } = resolveConfiguration(given);
  if (apiKey !== undefined && flags.apiKeySecret === undefined) return apiKey;
  const secretId = flags.apiKeySecret ?? readVariable(process.env, 'apiKeySecret');
  if (secretId !== undefined) {
    const timeoutMs = Math.min(flags.timeout * 1_000, 10_000);
    return createApiKeyProvider({ kind: 'secret', secretId }, { timeoutMs }).get();
  }
  if (isLoopback(new URL(baseUrl).hostname)) return localKey;
  throw new ConfigurationError(
    'There is no API key. Set XPANDER_API_KEY, or name a secret with --api-key-secret.',
  );
}
