import { Annotations, ArnFormat, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import { Policy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { resourceOf } from './function-environment.ts';
import { decryptStatement } from './key-access.ts';

/**
 * What the function asks Secrets Manager for: the complete ARN where it is known. Else the name,
 * as Secrets Manager takes a partial ARN for a complete one if its name ends like one
 * (`my-secret`); only in another region or account there is nothing better than that.
 */
export function secretIdFor(fn: LambdaFunction, secret: ISecret): string {
  const { secretArn, secretFullArn } = secret;
  if (secretFullArn !== undefined) return secretFullArn;
  if (isInOtherRegion(fn, secret) || isInOtherAccount(fn, secret)) return secretArn;
  return /^arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:(.+)$/.exec(secretArn)?.[1] ?? secretArn;
}

/** Lets the function read the secret, and decrypt it with the key that it is known to have. */
export function grantSecret(fn: LambdaFunction, secret: ISecret): void {
  const { role } = fn;
  const key = secret.encryptionKey;
  const arns = policyArns(fn, secret);
  const decrypt =
    key === undefined ? [] : [decryptStatement(fn, { secret, key, secretArns: arns })];
  if (role instanceof Role && Stack.of(role) !== Stack.of(fn) && !isInOtherAccount(fn, secret)) {
    // The role's own policy would make its stack need that of the secret, which may need it.
    const statements = [readStatement(arns), ...decrypt];
    const policy = new Policy(fn, 'XpanderApiKeyPolicy', { roles: [role], statements });
    resourceOf(fn).node.addDependency(policy);
    return;
  }
  // Where CDK's own grant would name the role in the policy of a key that the role's stack needs,
  // it would make a circle.
  const isCdksGrantFit =
    key === undefined ||
    (key instanceof Key && (isBesideRole(fn, key) || isInOtherAccount(fn, secret)));
  if (isCdksGrantFit) secret.grantRead(fn);
  else fn.grantPrincipal.addToPrincipalPolicy(readStatement(arns));
  for (const statement of decrypt) fn.grantPrincipal.addToPrincipalPolicy(statement);
  warnOfUnchanged(fn, secret);
}

/** CDK says of a role that must not be changed that it has got the permissions, too. */
function warnOfUnchanged(fn: LambdaFunction, secret: ISecret): void {
  if (fn.role?.node.findAll().some((node) => node instanceof Policy)) return;
  Annotations.of(fn).addWarningV2(
    'xpander-lambda:secretNotGranted',
    `The role of ${fn.node.path} cannot be changed from here. Allow it secretsmanager:GetSecretValue on ${Token.isUnresolved(secret.secretArn) ? secret.node.path : secret.secretArn} and, if a customer-managed key encrypts that, kms:Decrypt on the key.`,
  );
}

function readStatement(resources: string[]): PolicyStatement {
  return new PolicyStatement({
    actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
    resources,
  });
}

function policyArns(fn: LambdaFunction, secret: ISecret): string[] {
  const { secretArn, secretFullArn } = secret;
  const partial = `${hasArn(secret) ? secretArn : arnOfName(secret)}-??????`;
  if (secretFullArn === undefined) return [partial];
  // In another region or account a secret is known by its name: its ARN then lacks the end.
  const isKnownByName =
    secret instanceof Secret && (isInOtherRegion(fn, secret) || isInOtherAccount(fn, secret));
  return isKnownByName ? [secretArn, partial] : [secretFullArn];
}

/** The deprecated fromSecretName() has a name in its place. */
function hasArn({ secretArn }: ISecret): boolean {
  return Token.isUnresolved(secretArn) || secretArn.startsWith('arn:');
}

function arnOfName(secret: ISecret): string {
  return Stack.of(secret).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: secret.secretArn,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

function isBesideRole(fn: LambdaFunction, key: Key): boolean {
  return fn.role !== undefined && Stack.of(fn.role) === Stack.of(key);
}

function isInOtherAccount(fn: LambdaFunction, secret: ISecret): boolean {
  return isOther(secret.env.account, Stack.of(fn).account);
}

function isInOtherRegion(fn: LambdaFunction, secret: ISecret): boolean {
  return isOther(secret.env.region, Stack.of(fn).region);
}

function isOther(one: string, another: string): boolean {
  return Token.compareStrings(one, another) === TokenComparison.DIFFERENT;
}
