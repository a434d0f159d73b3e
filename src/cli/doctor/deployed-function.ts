/** Reads how a function is configured. */
import type { FunctionConfiguration, LoggingConfig } from '@aws-sdk/client-lambda';
import { type Environment, environmentVariables } from '../../config/environment.ts';
import { XpanderError } from '../../errors.ts';
import { type AwsAccess, ask } from './aws-access.ts';

export interface DeployedFunction {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  /** `$LATEST`, or the number of a published version, which does not change any more. */
  readonly version: string;
  /** Undefined for a container image. */
  readonly runtime: string | undefined;
  readonly architecture: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly roleArn: string;
  /** ARNs of the layers' versions, in their order. */
  readonly layers: readonly string[];
  readonly variables: Environment;
  /** Why Lambda does not show the variables. */
  readonly variablesHidden: string | undefined;
  readonly vpcId: string | undefined;
  /** In Lambda's own words. */
  readonly logging: LoggingConfig;
}

/** Where the exec wrapper of the reporter layer lies. */
export const wrapperPath = '/opt/xpander-lambda/exec-wrapper';
export const wrapperVariable = 'AWS_LAMBDA_EXEC_WRAPPER';
export const nextWrapperVariable = 'XPANDER_NEXT_EXEC_WRAPPER';

/** Variables of ours that a function can have. */
export const ownVariables: readonly string[] = [
  ...Object.values(environmentVariables),
  nextWrapperVariable,
];

/**
 * @param given - name, name with alias or version, or ARN
 * @throws XpanderError when there is no such function, or it may not be seen
 */
export async function readFunction(aws: AwsAccess, given: string): Promise<DeployedFunction> {
  const { sdk, client, region } = await aws.lambda();
  const answer = await ask('lambda:GetFunctionConfiguration', () =>
    client.send(new sdk.GetFunctionConfigurationCommand({ FunctionName: given })),
  );
  if (answer.kind === 'answer') return functionOf(answer.value, region);
  throw new XpanderError(
    answer.kind === 'missing'
      ? `There is no function '${given}' in ${region}. Check the name, the region (--region) and the account (AWS_PROFILE); 'aws lambda list-functions --region ${region}' lists what there is.`
      : `The function '${given}' could not be read in ${region}: ${answer.reason}.`,
  );
}

function functionOf(found: FunctionConfiguration, region: string): DeployedFunction {
  return {
    name: found.FunctionName ?? '',
    arn: found.FunctionArn ?? '',
    region,
    version: found.Version ?? '$LATEST',
    runtime: found.PackageType === 'Image' ? undefined : found.Runtime,
    architecture: found.Architectures?.[0] ?? 'x86_64',
    timeoutMs: (found.Timeout ?? 3) * 1_000,
    memoryMb: found.MemorySize ?? 128,
    roleArn: found.Role ?? '',
    layers: (found.Layers ?? []).flatMap(({ Arn }) => Arn ?? []),
    variables: found.Environment?.Variables ?? {},
    variablesHidden: found.Environment?.Error?.ErrorCode,
    vpcId: found.VpcConfig?.VpcId || undefined,
    logging: found.LoggingConfig ?? {},
  };
}
