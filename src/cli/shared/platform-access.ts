/** The flags that select a platform, and access to it. */
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
import { nonEmpty, timeoutSeconds } from './flag-values.ts';

export interface PlatformFlags {
  readonly baseUrl?: string;
  readonly apiKeySecret?: string;
  /** Seconds. */
  readonly timeout: number;
}

export interface PlatformAccess {
  readonly configuration: Configuration;
  /** Calls the platform and retries temporary errors. */
  readonly call: <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
}

export function addPlatformFlags(command: Command): Command {
  return command
    .option('--base-url <url>', 'URL of the platform (default: XPANDER_BASE_URL, else xpander.ai)')
    .option('--api-key-secret <id>', 'AWS Secrets Manager secret with the API key', nonEmpty)
    .option('--timeout <seconds>', 'time limit, including retries', timeoutSeconds, 30);
}

/** Help text on the API key. */
export const keyHelp = `
The API key comes from XPANDER_API_KEY, or from the AWS Secrets Manager secret that is named by
--api-key-secret or XPANDER_API_KEY_SECRET. A local platform needs no key unless it was started with
--api-key.`;

// The local platform accepts any key but requires one. Errors replace the key by `[redacted]`, so it
// must not be an ordinary word.
const localKey = 'any-key-will-do-4747';

/**
 * @throws ConfigurationError if a value is invalid or there is no key; ApiKeyError if the secret
 * has no usable key
 */
export async function openPlatform(flags: PlatformFlags): Promise<PlatformAccess> {
  const timeMs = flags.timeout * 1_000;
  const configuration: Configuration = {
    baseUrl: flags.baseUrl,
    // Leaves time for another attempt if the first one hangs.
    timeoutMs: Math.ceil(Math.min(timeMs, Math.max(10_000, timeMs / 2))),
  };
  return {
    configuration: { ...configuration, apiKey: await findKey(flags, configuration) },
    call: (work) => callWithRetries(timeMs, work),
  };
}

async function findKey(flags: PlatformFlags, configuration: Configuration): Promise<string> {
  const { apiKey, baseUrl } = resolveConfiguration(configuration);
  if (apiKey !== undefined && flags.apiKeySecret === undefined) return apiKey;
  const secretId = flags.apiKeySecret ?? readVariable(process.env, 'apiKeySecret');
  if (secretId !== undefined) {
    const timeoutMs = Math.min(flags.timeout * 1_000, 10_000);
    return createApiKeyProvider({ kind: 'secret', secretId }, { timeoutMs }).get();
  }
  if (isLoopback(new URL(baseUrl).hostname)) return localKey;
  throw new ConfigurationError(
    'No API key. Set XPANDER_API_KEY, or name a secret with --api-key-secret.',
  );
}
