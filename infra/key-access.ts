import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** A secret and the key that encrypts it. */
export interface EncryptedSecret {
  readonly secret: ISecret;
  readonly key: IKey;
  /** ARNs of the secret for policies. */
  readonly secretArns: string[];
}

/**
 * Allows a function's role to decrypt the secret, only through Secrets Manager. CDK's own grant
 * changes the key policy instead, which is not possible for an imported key.
 */
export function decryptStatement(fn: LambdaFunction, encrypted: EncryptedSecret): PolicyStatement {
  const { secret, key, secretArns } = encrypted;
  const isArnUsable = hasUsableArn(fn, key);
  return new PolicyStatement({
    actions: ['kms:Decrypt'],
    resources: [isArnUsable ? key.keyArn : anyKeyArn(fn, encrypted)],
    conditions: {
      StringEquals: { 'kms:ViaService': `secretsmanager.${secret.env.region}.amazonaws.com` },
      ...(!isArnUsable && { StringLike: { 'kms:EncryptionContext:SecretARN': secretArns } }),
    },
  });
}

/**
 * A policy cannot name a key by its alias. The ARN of a key that another region or account creates is
 * not known at synth.
 */
function hasUsableArn(fn: LambdaFunction, key: IKey): boolean {
  const isElsewhere = [
    Token.compareStrings(key.env.region, Stack.of(fn).region),
    Token.compareStrings(key.env.account, Stack.of(fn).account),
  ].includes(TokenComparison.DIFFERENT);
  return !key.keyArn.includes(':alias/') && !(key instanceof Key && isElsewhere);
}

function anyKeyArn(fn: LambdaFunction, { secret, key }: EncryptedSecret): string {
  return Stack.of(fn).formatArn({
    service: 'kms',
    region: secret.env.region,
    account: key.env.account,
    resource: 'key',
    resourceName: '*',
  });
}
