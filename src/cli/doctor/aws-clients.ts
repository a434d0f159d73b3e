/** Clients for AWS services, and calls that distinguish missing resources from other failures. */
import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { errorCode } from '../../base/error-code.ts';
import { XpanderError } from '../../errors.ts';

/** Each SDK is loaded when it is first needed. */
export interface AwsClients {
  readonly lambda: () => Promise<{ sdk: LambdaSdk; client: LambdaClient; region: string }>;
  /** @param region - region of the function, which selects the partition of IAM */
  readonly iam: (region: string) => Promise<{ sdk: IamSdk; client: IAMClient }>;
  /** @param region - region of the secret */
  readonly secretsManager: (
    region: string,
  ) => Promise<{ sdk: SecretsManagerSdk; client: SecretsManagerClient }>;
}

export type AwsResult<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'missing' }
  /** The reason is one sentence without a full stop. */
  | { readonly kind: 'failed'; readonly reason: string };

type LambdaSdk = typeof import('@aws-sdk/client-lambda');
type IamSdk = typeof import('@aws-sdk/client-iam');
type SecretsManagerSdk = typeof import('@aws-sdk/client-secrets-manager');

const requestHandler = { connectionTimeout: 5_000, requestTimeout: 20_000 };
const maxAttempts = 3;

/** @param region - undefined for the default region of the AWS CLI */
export function createAwsClients(region: string | undefined): AwsClients {
  const selectedRegion = region ?? (process.env['AWS_REGION'] || process.env['AWS_DEFAULT_REGION']);
  const settings = { requestHandler, maxAttempts };
  return {
    async lambda() {
      const sdk = await import('@aws-sdk/client-lambda');
      const client = new sdk.LambdaClient({
        ...settings,
        ...(selectedRegion && { region: selectedRegion }),
      });
      return { sdk, client, region: await resolveRegion(client) };
    },
    async iam(functionRegion) {
      const sdk = await import('@aws-sdk/client-iam');
      return { sdk, client: new sdk.IAMClient({ ...settings, region: functionRegion }) };
    },
    async secretsManager(secretRegion) {
      const sdk = await import('@aws-sdk/client-secrets-manager');
      return { sdk, client: new sdk.SecretsManagerClient({ ...settings, region: secretRegion }) };
    },
  };
}

/**
 * Calls AWS.
 *
 * @param action - the IAM action, for instance `lambda:GetLayerVersion`
 * @throws XpanderError if the credentials are missing or invalid
 */
export async function callAws<T>(action: string, send: () => Promise<T>): Promise<AwsResult<T>> {
  try {
    return { kind: 'found', value: await send() };
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (isCredentialsError(name)) throw credentialsError(name, error);
    if (missingErrors.includes(name)) return { kind: 'missing' };
    if (isAccessDenied(name))
      return { kind: 'failed', reason: `you are not allowed to call ${action}` };
    return { kind: 'failed', reason: `${action} failed (${errorCode(error) ?? name})` };
  }
}

const missingErrors = ['ResourceNotFoundException', 'NoSuchEntityException', 'NoSuchEntity'];

async function resolveRegion(client: LambdaClient): Promise<string> {
  try {
    return await client.config.region();
  } catch (cause) {
    throw new XpanderError(
      'No AWS region. Use --region, for instance --region eu-central-1, or set AWS_REGION.',
      { cause },
    );
  }
}

function isAccessDenied(name: string): boolean {
  return /^(AccessDenied|Unauthorized|Forbidden|NotAuthorized)/.test(name);
}

function isCredentialsError(name: string): boolean {
  return /^(CredentialsProviderError|UnrecognizedClient|InvalidClientTokenId|ExpiredToken|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|TokenProviderError)/.test(
    name,
  );
}

function credentialsError(name: string, cause: unknown): XpanderError {
  const problem = name.startsWith('CredentialsProvider')
    ? 'No valid AWS credentials found'
    : `AWS rejected your credentials (${name})`;
  return new XpanderError(
    `${problem}. Sign in as for the AWS CLI ('aws sso login', AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY). Run 'aws sts get-caller-identity' to check them.`,
    { cause },
  );
}
