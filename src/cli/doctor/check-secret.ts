/** Whether the secret with the API key is there, and the function's role can read it. */
import type { DescribeSecretResponse } from '@aws-sdk/client-secrets-manager';
import { environmentVariables as names, readVariable } from '../../config/environment.ts';
import { type AwsAccess, ask } from './aws-access.ts';
import { checkDecryption, checkReading } from './check-role.ts';
import type { DeployedFunction } from './deployed-function.ts';
import { type Finding, ok, problem, unknown } from './finding.ts';
import { quoted } from './fix-commands.ts';

/** @returns nothing for a function whose key is not in a secret */
export async function checkSecret(aws: AwsAccess, fn: DeployedFunction): Promise<Finding[]> {
  const secretId = readVariable(fn.variables, 'apiKeySecret');
  if (secretId === undefined) return [];
  const region = secretId.startsWith('arn:') ? regionInArn(secretId) : fn.region;
  if (region === undefined) {
    return [
      problem(
        'secret',
        `${names.apiKeySecret} is '${secretId}', which is not the ARN of a secret. Give its name, or an ARN such as arn:aws:secretsmanager:${fn.region}:123456789012:secret:xpander/api-key-AbCdEf.`,
      ),
    ];
  }
  const { sdk, client } = await aws.secretsManager(region);
  const answer = await ask('secretsmanager:DescribeSecret', () =>
    client.send(new sdk.DescribeSecretCommand({ SecretId: secretId })),
  );
  if (answer.kind === 'missing') return [noSecret(secretId, region)];
  if (answer.kind === 'failed') {
    return [
      unknown('secret', `Whether there is a secret '${secretId}' in ${region}: ${answer.reason}.`),
    ];
  }
  const secret = answer.value;
  const secretArn = secret.ARN ?? secretId;
  return [
    checkState(secretId, region, secret),
    await checkReading(aws, fn, secretArn, region),
    ...(await checkDecryption(aws, fn, secret.KmsKeyId, secretArn)),
  ];
}

function checkState(secretId: string, region: string, secret: DescribeSecretResponse): Finding {
  const target = `--secret-id ${quoted(secretId)} --region ${region}`;
  if (secret.DeletedDate !== undefined) {
    return problem(
      'secret',
      `The secret '${secretId}' is scheduled for deletion: nobody can read it.`,
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
  return ok('secret', `There is a secret '${secretId}' in ${region}. Its value was not read.`);
}

function noSecret(secretId: string, region: string): Finding {
  const name = nameInArn(secretId);
  return problem(
    'secret',
    `There is no secret '${secretId}' in ${region}.${name === secretId ? '' : ` A new one has another ARN: set ${names.apiKeySecret} to its name.`}`,
    `aws secretsmanager create-secret --name ${quoted(name)} --region ${region} --secret-string YOUR-API-KEY`,
  );
}

function regionInArn(arn: string): string | undefined {
  return /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:./.exec(arn)?.[1];
}

/** Secrets Manager ends an ARN with a hyphen and six characters of its own. */
function nameInArn(secretId: string): string {
  return /:secret:(.+?)(?:-\w{6})?$/.exec(secretId)?.[1] ?? secretId;
}
