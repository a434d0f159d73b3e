/** Reads one secret from AWS Secrets Manager, in bounded time and with errors that say what to do. */
import { errorCode } from '../../base/error-code.ts';
import { startTimeLimit } from '../../base/time-limit.ts';
import { untilAborted } from '../../base/until-aborted.ts';
import { ApiKeyError } from '../../errors.ts';
import { noteLoaded } from '../execution-environment/loading-time.ts';
import { loadSecretsManager, type SecretsManagerSdk } from './load-secrets-manager.ts';
import type { SecretValue } from './secret-value.ts';
import type { SecretsManagerClient } from './secrets-manager.ts';

export interface FetchSecretOptions {
  /**
   * Time for one read with its retries, in milliseconds. Loading the SDK is not part of it: that
   * is processor time, which ends by itself.
   *
   * @default 2500 (the default delivery budget of 3000, less what one delivery takes)
   */
  readonly timeoutMs?: number | undefined;
}

// Inside a region a connection takes milliseconds. One that takes a second is being dropped on
// the way, and a second attempt still fits into the time for the whole read.
const connectionTimeoutMs = 1000;
const maxAttempts = 2;

const secretArn = /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:./;

/**
 * Prepares reading a secret by name or ARN. Nothing is loaded, signed or sent before the
 * returned function is called, which rejects with an ApiKeyError when there is nothing to read.
 */
export function createSecretFetcher(
  secretId: string,
  options: FetchSecretOptions = {},
): () => Promise<SecretValue> {
  const timeoutMs = options.timeoutMs ?? 2500;
  let client: SecretsManagerClient | undefined;

  return async () => {
    const arnRegion = regionOfArn(secretId);
    const sdk = await loadSecretsManager();
    noteLoaded('secretsManager');
    client ??= createClient(sdk, arnRegion);
    const secret = `secret '${secretId}' in ${await regionOf(client, secretId)}`;
    const { signal, isOver, stop } = startTimeLimit(timeoutMs);
    try {
      const command = new sdk.GetSecretValueCommand({ SecretId: secretId });
      // The SDK heeds the signal in its requests and pauses, but not while it looks for
      // credentials, so the wait ends here as well.
      const answer = await untilAborted(client.send(command, { abortSignal: signal }), signal);
      const text: unknown = answer.SecretString;
      return {
        text: typeof text === 'string' ? text : undefined,
        isBinary: answer.SecretBinary !== undefined,
      };
    } catch (error) {
      if (!isOver()) throw explain(error, secret);
      throw new ApiKeyError(unreachable(secret, `within ${timeoutMs} ms`), {
        cause: signal.reason,
      });
    } finally {
      stop();
    }
  };
}

function regionOfArn(secretId: string): string | undefined {
  if (!secretId.startsWith('arn:')) return undefined;
  const region = secretArn.exec(secretId)?.[1];
  if (region !== undefined) return region;
  throw new ApiKeyError(
    `'${secretId}' is not the ARN of a secret. Give a secret's name, or an ARN such as arn:aws:secretsmanager:eu-west-1:123456789012:secret:xpander/api-key-AbCdEf.`,
  );
}

function createClient(sdk: SecretsManagerSdk, region: string | undefined): SecretsManagerClient {
  return new sdk.SecretsManagerClient({
    ...(region === undefined ? {} : { region }),
    maxAttempts,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: connectionTimeoutMs,
      // Minutes lie between two reads, and a freeze breaks an idle connection unnoticed.
      httpAgent: { keepAlive: false },
      httpsAgent: { keepAlive: false },
    },
  });
}

async function regionOf(client: SecretsManagerClient, secretId: string): Promise<string> {
  try {
    return await client.config.region();
  } catch (cause) {
    throw new ApiKeyError(
      `The AWS region of secret '${secretId}' is not known. Set AWS_REGION, or give the secret's ARN.`,
      { cause },
    );
  }
}

function explain(error: unknown, secret: string): ApiKeyError {
  const name = error instanceof Error ? error.name : typeof error;
  // The error of an answer that could not be parsed quotes it, and with it the secret. It is
  // left behind; errors that AWS sent, and those from before an answer, cannot hold the value.
  if (hasProperty(error, '$response') && !hasProperty(error, '$fault')) {
    return new ApiKeyError(
      `The answer of Secrets Manager for ${secret} could not be read (${name}). It is asked again at the next need.`,
    );
  }
  return new ApiKeyError(adviceFor(name, errorCode(error), secret), { cause: error });
}

function hasProperty(error: unknown, property: string): boolean {
  return error instanceof Error && property in error;
}

function adviceFor(name: string, code: string | undefined, secret: string): string {
  switch (name) {
    case 'ResourceNotFoundException':
      return `There is no ${secret}, or it has no value yet. Check its name; for a secret in another region give its ARN.`;
    case 'AccessDeniedException':
      return `The function may not read ${secret}. Allow its role secretsmanager:GetSecretValue on the secret and, if a customer-managed key encrypts it, kms:Decrypt on that key.`;
    case 'DecryptionFailure':
      return `KMS did not decrypt ${secret}. Allow the function's role kms:Decrypt on the secret's key, and check that the key is enabled.`;
    case 'InvalidRequestException':
      return `The ${secret} cannot be read in its present state. Check that it is not scheduled for deletion.`;
    case 'ValidationException':
    case 'InvalidParameterException':
      return `AWS does not accept the name of ${secret}. Give the secret's name as the console shows it, or its ARN.`;
    case 'ThrottlingException':
      return `Secrets Manager throttled reading ${secret}. It is asked again at the next need; if this lasts, ask AWS for a higher quota.`;
    case 'CredentialsProviderError':
      return `There are no AWS credentials to read ${secret}. Give the function an execution role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`;
    case 'UnrecognizedClientException':
    case 'InvalidSignatureException':
    case 'ExpiredTokenException':
      return `AWS did not accept the credentials for reading ${secret} (${name}). Renew them, and check that the account may use this region.`;
    case 'TimeoutError':
      return unreachable(secret, `(${code ?? `no connection within ${connectionTimeoutMs} ms`})`);
    default:
      return code === undefined
        ? `Secrets Manager did not hand out ${secret} (${name}). It is asked again at the next need.`
        : unreachable(secret, `(${code})`);
  }
}

function unreachable(secret: string, detail: string): string {
  return `Secrets Manager did not answer for ${secret} ${detail}. In a VPC it takes a NAT gateway or a VPC endpoint for Secrets Manager to reach it.`;
}
