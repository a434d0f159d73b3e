/** Whether the function's role may read the secret, by IAM's own simulation of its policies. */
import type { EvaluationResult } from '@aws-sdk/client-iam';
import { type Answer, type AwsAccess, ask } from './aws-access.ts';
import type { DeployedFunction } from './deployed-function.ts';
import { type Finding, ok, problem, unknown, warning } from './finding.ts';
import { allowRole } from './fix-commands.ts';

const read = 'secretsmanager:GetSecretValue';
const decrypt = 'kms:Decrypt';

export async function checkReading(
  aws: AwsAccess,
  fn: DeployedFunction,
  secretArn: string,
  region: string,
): Promise<Finding> {
  const fix = allowRole(fn, 'read-xpander-api-key', read, secretArn);
  const answer = await simulate(aws, fn, read, secretArn);
  if (answer.kind !== 'answer') {
    return unknown('role', `Whether the role may read the secret: ${reasonOf(answer)}.`, fix);
  }
  const { value } = answer;
  if (value.EvalDecision === 'allowed') return ok('role', 'It may read the secret.');
  const refused = refusal(value);
  if (refused !== undefined) {
    return problem('role', `The role ${fn.roleArn} may not read the secret: ${refused}.`);
  }
  if (await hasResourcePolicy(aws, secretArn, region)) {
    return unknown(
      'role',
      `No policy of the role ${fn.roleArn} lets it read the secret; the secret's own policy may.`,
      fix,
    );
  }
  return problem('role', `The role ${fn.roleArn} may not read the secret.`, fix);
}

/**
 * @param keyId - of the key that encrypts the secret; none for that of Secrets Manager
 * @returns nothing where no grant is needed
 */
export async function checkDecryption(
  aws: AwsAccess,
  fn: DeployedFunction,
  keyId: string | undefined,
  secretArn: string,
): Promise<Finding[]> {
  if (!keyId || keyId.endsWith('alias/aws/secretsmanager')) return [];
  const keyArn = keyArnOf(keyId, secretArn);
  if (keyArn === undefined) {
    return [
      unknown(
        'decryption',
        `The secret is encrypted with ${keyId}. Whether the role may use the key behind this alias cannot be simulated.`,
      ),
    ];
  }
  const fix = allowRole(fn, 'decrypt-xpander-api-key', decrypt, keyArn);
  const answer = await simulate(aws, fn, decrypt, keyArn, serviceOf(secretArn));
  if (answer.kind !== 'answer') {
    return [unknown('decryption', `Whether the role may decrypt: ${reasonOf(answer)}.`, fix)];
  }
  if (answer.value.EvalDecision === 'allowed') {
    return [ok('decryption', `The role may decrypt the secret with ${keyArn}.`)];
  }
  const refused = refusal(answer.value);
  if (refused !== undefined) {
    return [problem('decryption', `The role may not decrypt with ${keyArn}: ${refused}.`)];
  }
  return [
    warning(
      'decryption',
      `No policy of the role ${fn.roleArn} lets it decrypt with ${keyArn}. Unless the key's own policy does, it cannot read the secret.`,
      fix,
    ),
  ];
}

async function simulate(
  aws: AwsAccess,
  fn: DeployedFunction,
  action: string,
  resource: string,
  viaService?: string,
): Promise<Answer<EvaluationResult>> {
  const { sdk, client } = await aws.iam(fn.region);
  const answer = await ask('iam:SimulatePrincipalPolicy', () =>
    client.send(
      new sdk.SimulatePrincipalPolicyCommand({
        PolicySourceArn: fn.roleArn,
        ActionNames: [action],
        ResourceArns: [resource],
        ...(viaService !== undefined && {
          ContextEntries: [
            {
              ContextKeyName: 'kms:ViaService',
              ContextKeyType: 'string',
              ContextKeyValues: [viaService],
            },
          ],
        }),
      }),
    ),
  );
  if (answer.kind !== 'answer') return answer;
  const [result] = answer.value.EvaluationResults ?? [];
  return result === undefined
    ? { kind: 'failed', reason: 'IAM simulated nothing' }
    : { kind: 'answer', value: result };
}

/** What forbids it whatever the role's policies allow. */
function refusal(result: EvaluationResult): string | undefined {
  if (result.EvalDecision === 'explicitDeny') return 'a policy denies it';
  if (result.OrganizationsDecisionDetail?.AllowedByOrganizations === false) {
    return 'a policy of the organization forbids it';
  }
  if (result.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary === false) {
    return "the role's permissions boundary forbids it";
  }
  return undefined;
}

async function hasResourcePolicy(
  aws: AwsAccess,
  secretArn: string,
  region: string,
): Promise<boolean> {
  const { sdk, client } = await aws.secretsManager(region);
  const answer = await ask('secretsmanager:GetResourcePolicy', () =>
    client.send(new sdk.GetResourcePolicyCommand({ SecretId: secretArn })),
  );
  return answer.kind === 'answer' && Boolean(answer.value.ResourcePolicy);
}

function reasonOf(answer: Exclude<Answer<unknown>, { kind: 'answer' }>): string {
  return answer.kind === 'failed' ? answer.reason : 'IAM does not know the role';
}

function keyArnOf(keyId: string, secretArn: string): string | undefined {
  if (keyId.includes('alias/')) return undefined;
  if (keyId.startsWith('arn:')) return keyId;
  const [, partition, , region, account] = secretArn.split(':');
  return `arn:${partition}:kms:${region}:${account}:key/${keyId}`;
}

function serviceOf(secretArn: string): string {
  return `secretsmanager.${secretArn.split(':')[3]}.amazonaws.com`;
}
