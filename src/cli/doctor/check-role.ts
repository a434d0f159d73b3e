/** Checks with IAM's policy simulator whether the function's role can read the secret. */
import type { EvaluationResult } from '@aws-sdk/client-iam';
import { type AwsClients, type AwsResult, callAws } from './aws-clients.ts';
import type { DeployedFunction } from './deployed-function.ts';
import { type Finding, ok, problem, unknown, warning } from './finding.ts';
import { grantRole } from './fix-commands.ts';

const readAction = 'secretsmanager:GetSecretValue';
const decryptAction = 'kms:Decrypt';

export async function checkSecretAccess(
  aws: AwsClients,
  fn: DeployedFunction,
  secretArn: string,
  region: string,
): Promise<Finding> {
  const fix = grantRole(fn, 'read-xpander-api-key', readAction, secretArn);
  const simulation = await simulate(aws, fn, readAction, secretArn);
  if (simulation.kind !== 'found') {
    const reason = failureReason(simulation);
    return unknown('role', `Could not check whether the role can read the secret: ${reason}.`, fix);
  }
  const { value } = simulation;
  if (value.EvalDecision === 'allowed') return ok('role', 'The role can read the secret.');
  const denial = explicitDenial(value);
  if (denial !== undefined) {
    return problem('role', `The role ${fn.roleArn} cannot read the secret: ${denial}.`);
  }
  if (await hasResourcePolicy(aws, secretArn, region)) {
    return unknown(
      'role',
      `No policy of the role ${fn.roleArn} allows reading the secret. The resource policy of the secret may allow it.`,
      fix,
    );
  }
  return problem('role', `The role ${fn.roleArn} cannot read the secret.`, fix);
}

/**
 * @param keyId - KMS key of the secret; undefined for the default key of Secrets Manager
 * @returns no finding if no permission is needed
 */
export async function checkDecryption(
  aws: AwsClients,
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
        `The secret is encrypted with ${keyId}. The permission for a key alias cannot be simulated.`,
      ),
    ];
  }
  const fix = grantRole(fn, 'decrypt-xpander-api-key', decryptAction, keyArn);
  const simulation = await simulate(aws, fn, decryptAction, keyArn, secretsManagerHost(secretArn));
  if (simulation.kind !== 'found') {
    const reason = failureReason(simulation);
    return [
      unknown(
        'decryption',
        `Could not check whether the role can decrypt the secret: ${reason}.`,
        fix,
      ),
    ];
  }
  if (simulation.value.EvalDecision === 'allowed') {
    return [ok('decryption', `The role can decrypt the secret with ${keyArn}.`)];
  }
  const denial = explicitDenial(simulation.value);
  if (denial !== undefined) {
    return [problem('decryption', `The role cannot decrypt with ${keyArn}: ${denial}.`)];
  }
  return [
    warning(
      'decryption',
      `No policy of the role ${fn.roleArn} allows decrypting with ${keyArn}. The role cannot read the secret unless the key policy allows it.`,
      fix,
    ),
  ];
}

async function simulate(
  aws: AwsClients,
  fn: DeployedFunction,
  action: string,
  resource: string,
  viaService?: string,
): Promise<AwsResult<EvaluationResult>> {
  const { sdk, client } = await aws.iam(fn.region);
  const response = await callAws('iam:SimulatePrincipalPolicy', () =>
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
  if (response.kind !== 'found') return response;
  const [result] = response.value.EvaluationResults ?? [];
  return result === undefined
    ? { kind: 'failed', reason: 'IAM returned no result' }
    : { kind: 'found', value: result };
}

/** A denial that no policy of the role can override. */
function explicitDenial(result: EvaluationResult): string | undefined {
  if (result.EvalDecision === 'explicitDeny') return 'a policy denies it';
  if (result.OrganizationsDecisionDetail?.AllowedByOrganizations === false) {
    return 'a policy of the organization denies it';
  }
  if (result.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary === false) {
    return "the role's permissions boundary denies it";
  }
  return undefined;
}

async function hasResourcePolicy(
  aws: AwsClients,
  secretArn: string,
  region: string,
): Promise<boolean> {
  const { sdk, client } = await aws.secretsManager(region);
  const response = await callAws('secretsmanager:GetResourcePolicy', () =>
    client.send(new sdk.GetResourcePolicyCommand({ SecretId: secretArn })),
  );
  return response.kind === 'found' && Boolean(response.value.ResourcePolicy);
}

function failureReason(result: Exclude<AwsResult<unknown>, { kind: 'found' }>): string {
  return result.kind === 'failed' ? result.reason : 'the role does not exist';
}

function keyArnOf(keyId: string, secretArn: string): string | undefined {
  if (keyId.includes('alias/')) return undefined;
  if (keyId.startsWith('arn:')) return keyId;
  const [, partition, , region, account] = secretArn.split(':');
  return `arn:${partition}:kms:${region}:${account}:key/${keyId}`;
}

function secretsManagerHost(secretArn: string): string {
  return `secretsmanager.${secretArn.split(':')[3]}.amazonaws.com`;
}
