/** Asks AWS, and tells apart what is not there, what may not be seen, and what ends all checks. */

import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { errorCode } from '../../base/error-code.ts';
import { XpanderError } from '../../errors.ts';

/** Clients of AWS's services; each SDK is loaded when it is first needed. */
export interface AwsAccess {
  readonly lambda: () => Promise<{ sdk: LambdaSdk; client: LambdaClient; region: string }>;
  /** @param region - of the function: it tells which IAM, as China has one of its own */
  readonly iam: (region: string) => Promise<{ sdk: IamSdk; client: IAMClient }>;
  /** @param region - of the secret */
  readonly secretsManager: (
    region: string,
  ) => Promise<{ sdk: SecretsManagerSdk; client: SecretsManagerClient }>;
}

/** What came of a question. */
export type Answer<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'missing' }
  /** One sentence without a full stop. */
  | { readonly kind: 'failed'; readonly reason: string };

type LambdaSdk = typeof import('@aws-sdk/client-lambda');
type IamSdk = typeof import('@aws-sdk/client-iam');
type SecretsManagerSdk = typeof import('@aws-sdk/client-secrets-manager');

// For a person who waits: no answer in this time is an answer.
const requestHandler = { connectionTimeout: 5_000, requestTimeout: 20_000 };
const maxAttempts = 3;

/** @param region - undefined: as the AWS CLI has it */
export function openAws(region: string | undefined): AwsAccess {
  const chosen = region ?? (process.env['AWS_REGION'] || process.env['AWS_DEFAULT_REGION']);
  const settings = { requestHandler, maxAttempts };
  return {
    async lambda() {
      const sdk = await import('@aws-sdk/client-lambda');
      const client = new sdk.LambdaClient({ ...settings, ...(chosen && { region: chosen }) });
      return { sdk, client, region: await regionOf(client) };
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
 * @param action - what IAM calls it, for instance `lambda:GetLayerVersion`
 * @throws XpanderError when AWS does not know who asks: then nothing can be checked
 */
export async function ask<T>(action: string, question: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { kind: 'answer', value: await question() };
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (isAboutCredentials(name)) throw credentialsError(name, error);
    if (missing.includes(name)) return { kind: 'missing' };
    if (isDenial(name)) return { kind: 'failed', reason: `you are not allowed ${action}` };
    return { kind: 'failed', reason: `${action} failed (${errorCode(error) ?? name})` };
  }
}

const missing = ['ResourceNotFoundException', 'NoSuchEntityException', 'NoSuchEntity'];

async function regionOf(client: LambdaClient): Promise<string> {
  try {
    return await client.config.region();
  } catch (cause) {
    throw new XpanderError(
      'The AWS region is not known. Give --region, for instance --region eu-central-1, or set AWS_REGION.',
      { cause },
    );
  }
}

function isDenial(name: string): boolean {
  return /^(AccessDenied|Unauthorized|Forbidden|NotAuthorized)/.test(name);
}

function isAboutCredentials(name: string): boolean {
  return /^(CredentialsProviderError|UnrecognizedClient|InvalidClientTokenId|ExpiredToken|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|TokenProviderError)/.test(
    name,
  );
}

function credentialsError(name: string, cause: unknown): XpanderError {
  const what = name.startsWith('CredentialsProvider')
    ? 'There are no AWS credentials that work'
    : `AWS did not accept your credentials (${name})`;
  return new XpanderError(
    `${what}. Sign in as for the AWS CLI ('aws sso login', AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY); 'aws sts get-caller-identity' tells whether they work.`,
    { cause },
  );
}
