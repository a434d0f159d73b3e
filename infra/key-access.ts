import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** A secret and the key that encrypts it. */
export interface EncryptedSecret {
  readonly secret: ISecret;
  readonly key: IKey;
  /** The ARNs of the secret, as policies name it. */
  readonly secretArns: string[];
}

/**
 * Lets a function's role decrypt the secret, through Secrets Manager only. CDK's own grant
 * changes the policy of the key instead, which it cannot do where the key is imported.
 */
export function decryptStatement(fn: LambdaFunction, encrypted: EncryptedSecret): PolicyStatement {
  const { secret, key, secretArns } = encrypted;
  const isNamed = hasArn(fn, key);
  return new PolicyStatement({
    actions: ['kms:Decrypt'],
    resources: [isNamed ? key.keyArn : anyKeyBeside(fn, encrypted)],
    conditions: {
      StringEquals: { 'kms:ViaService': `secretsmanager.${secret.env.region}.amazonaws.com` },
      ...(!isNamed && { StringLike: { 'kms:EncryptionContext:SecretARN': secretArns } }),
    },
  });
}

/** Policies cannot name a key by its alias; and in other regions and accounts it has no name. */
function hasArn(fn: LambdaFunction, key: IKey): boolean {
  const isElsewhere = [
    Token.compareStrings(key.env.region, Stack.of(fn).region),
    Token.compareStrings(key.env.account, Stack.of(fn).account),
  ].includes(TokenComparison.DIFFERENT);
  return !key.keyArn.includes(':alias/') && !(key instanceof Key && isElsewhere);
}

function anyKeyBeside(fn: LambdaFunction, { secret, key }: EncryptedSecret): string {
  return Stack.of(fn).formatArn({
    service: 'kms',
    region: secret.env.region,
    account: key.env.account,
    resource: 'key',
    resourceName: '*',
  });
}
