/** Checks whether the secret with the API key exists and the function's role can read it. */
import type { DescribeSecretResponse } from '@aws-sdk/client-secrets-manager';
import { environmentVariables as names, readVariable } from '../../config/environment.ts';
import { shellQuote } from '../shared/shell-quote.ts';
import { type AwsClients, callAws } from './aws-clients.ts';
import { checkDecryption, checkSecretAccess } from './check-role.ts';
import type { DeployedFunction } from './deployed-function.ts';
import { type Finding, ok, problem, unknown } from './finding.ts';

/** @returns no finding if the API key is not in a secret */
export async function checkSecret(aws: AwsClients, fn: DeployedFunction): Promise<Finding[]> {
  const secretId = readVariable(fn.variables, 'apiKeySecret');
  if (secretId === undefined) return [];
  const region = secretId.startsWith('arn:') ? regionInArn(secretId) : fn.region;
  if (region === undefined) {
    return [
      problem(
        'secret',
        `${names.apiKeySecret} is '${secretId}', which is not the ARN of a secret. Use its name, or an ARN such as arn:aws:secretsmanager:${fn.region}:123456789012:secret:xpander/api-key-AbCdEf.`,
      ),
    ];
  }
  const { sdk, client } = await aws.secretsManager(region);
  const response = await callAws('secretsmanager:DescribeSecret', () =>
    client.send(new sdk.DescribeSecretCommand({ SecretId: secretId })),
  );
  if (response.kind === 'missing') return [missingSecret(secretId, region)];
  if (response.kind === 'failed') {
    return [
      unknown(
        'secret',
        `Could not check the secret '${secretId}' in ${region}: ${response.reason}.`,
      ),
    ];
  }
  const secret = response.value;
  const secretArn = secret.ARN ?? secretId;
  return [
    checkState(secretId, region, secret),
    await checkSecretAccess(aws, fn, secretArn, region),
    ...(await checkDecryption(aws, fn, secret.KmsKeyId, secretArn)),
  ];
}

function checkState(secretId: string, region: string, secret: DescribeSecretResponse): Finding {
  const target = `--secret-id ${shellQuote(secretId)} --region ${region}`;
  if (secret.DeletedDate !== undefined) {
    return problem(
      'secret',
      `The secret '${secretId}' is scheduled for deletion and cannot be read.`,
      `aws secretsmanager restore-secret ${target}`,
    );
  }
  const stages = Object.values(secret.VersionIdsToStages ?? {}).flat();
  if (!stages.includes('AWSCURRENT')) {
    return problem(
      'secret',
      `The secret '${secretId}' has no value yet.`,
      `aws secretsmanager put-secret-value ${target} --secret-string YOUR-API-KEY`,
    );
  }
  return ok('secret', `The secret '${secretId}' exists in ${region}. Its value was not read.`);
}

function missingSecret(secretId: string, region: string): Finding {
  const name = nameInArn(secretId);
  return problem(
    'secret',
    `The secret '${secretId}' does not exist in ${region}.${name === secretId ? '' : ` A new secret gets a different ARN, so set ${names.apiKeySecret} to its name.`}`,
    `aws secretsmanager create-secret --name ${shellQuote(name)} --region ${region} --secret-string YOUR-API-KEY`,
  );
}

function regionInArn(arn: string): string | undefined {
  return /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:./.exec(arn)?.[1];
}

/** Removes the hyphen and six random characters that Secrets Manager appends to the name. */
function nameInArn(secretId: string): string {
  return /:secret:(.+?)(?:-\w{6})?$/.exec(secretId)?.[1] ?? secretId;
}
