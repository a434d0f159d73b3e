import { Annotations, ArnFormat, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import { Policy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { resourceOf } from './function-environment.ts';
import { decryptStatement } from './key-access.ts';

/**
 * The secret id that the function requests: the complete ARN if it is known, otherwise the name. A
 * partial ARN is used only for another region or account, because Secrets Manager mistakes it for a
 * complete one if its name ends like one (`my-secret`).
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
 */
export function secretIdFor(fn: LambdaFunction, secret: ISecret): string {
  const { secretArn, secretFullArn } = secret;
  if (secretFullArn !== undefined) return secretFullArn;
  if (isInOtherRegion(fn, secret) || isInOtherAccount(fn, secret)) return secretArn;
  return /^arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:(.+)$/.exec(secretArn)?.[1] ?? secretArn;
}

/** Allows the function to read the secret and to decrypt it with its key, if the key is known. */
export function grantSecret(fn: LambdaFunction, secret: ISecret): void {
  const { role } = fn;
  const key = secret.encryptionKey;
  const arns = policyArns(fn, secret);
  const decrypt =
    key === undefined ? [] : [decryptStatement(fn, { secret, key, secretArns: arns })];
  if (role instanceof Role && Stack.of(role) !== Stack.of(fn) && !isInOtherAccount(fn, secret)) {
    // The role's own policy would make the role's stack depend on the secret's stack, which may depend
    // on the role's stack.
    const statements = [readStatement(arns), ...decrypt];
    const policy = new Policy(fn, 'XpanderApiKeyPolicy', { roles: [role], statements });
    resourceOf(fn).node.addDependency(policy);
    return;
  }
  // CDK's own grant adds the role to the key policy, which creates a circular dependency if the role's
  // stack depends on the key's stack.
  const canUseCdkGrant =
    key === undefined ||
    (key instanceof Key && (isInStackOfRole(fn, key) || isInOtherAccount(fn, secret)));
  if (canUseCdkGrant) secret.grantRead(fn);
  else fn.grantPrincipal.addToPrincipalPolicy(readStatement(arns));
  for (const statement of decrypt) fn.grantPrincipal.addToPrincipalPolicy(statement);
  warnIfNotGranted(fn, secret);
}

/** CDK reports a grant as successful even if the role is immutable. */
function warnIfNotGranted(fn: LambdaFunction, secret: ISecret): void {
  if (fn.role?.node.findAll().some((node) => node instanceof Policy)) return;
  Annotations.of(fn).addWarningV2(
    'xpander-lambda:secretNotGranted',
    `This app cannot change the role of ${fn.node.path}. Allow it secretsmanager:GetSecretValue on ${Token.isUnresolved(secret.secretArn) ? secret.node.path : secret.secretArn} and, if a customer managed key encrypts the secret, kms:Decrypt on the key.`,
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
  // From another region or account CDK refers to a secret by its name, so its ARN is partial.
  const isArnPartial =
    secret instanceof Secret && (isInOtherRegion(fn, secret) || isInOtherAccount(fn, secret));
  return isArnPartial ? [secretArn, partial] : [secretFullArn];
}

/** The deprecated fromSecretName() stores the name as `secretArn`. */
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

function isInStackOfRole(fn: LambdaFunction, key: Key): boolean {
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
