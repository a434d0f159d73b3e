/** Reads the configuration of a function. */
import type { FunctionConfiguration, LoggingConfig } from '@aws-sdk/client-lambda';
import { type Environment, environmentVariables } from '../../config/environment.ts';
import { XpanderError } from '../../errors.ts';
import { type AwsClients, callAws } from './aws-clients.ts';

export interface DeployedFunction {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  /** `$LATEST`, or the number of a published version, which is immutable. */
  readonly version: string;
  /** Undefined for a container image. */
  readonly runtime: string | undefined;
  readonly architecture: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly roleArn: string;
  /** ARNs of the layer versions, in order. */
  readonly layers: readonly string[];
  readonly variables: Environment;
  /** The error code if the variables cannot be read. */
  readonly variablesHidden: string | undefined;
  readonly vpcId: string | undefined;
  /** As Lambda returns it. */
  readonly logging: LoggingConfig;
}

/** The exec wrapper of the reporter layer. */
export const wrapperPath = '/opt/xpander-lambda/exec-wrapper';
export const wrapperVariable = 'AWS_LAMBDA_EXEC_WRAPPER';
export const nextWrapperVariable = 'XPANDER_NEXT_EXEC_WRAPPER';

/** The variables of this package. */
export const knownVariables: readonly string[] = [
  ...Object.values(environmentVariables),
  nextWrapperVariable,
];

/**
 * @param functionName - name, name with alias or version, or ARN
 * @throws XpanderError if the function does not exist or cannot be read
 */
export async function readFunction(
  aws: AwsClients,
  functionName: string,
): Promise<DeployedFunction> {
  const { sdk, client, region } = await aws.lambda();
  const response = await callAws('lambda:GetFunctionConfiguration', () =>
    client.send(new sdk.GetFunctionConfigurationCommand({ FunctionName: functionName })),
  );
  if (response.kind === 'found') return toDeployedFunction(response.value, region);
  throw new XpanderError(
    response.kind === 'missing'
      ? `The function '${functionName}' does not exist in ${region}. Check the name, the region (--region) and the account (AWS_PROFILE). Run 'aws lambda list-functions --region ${region}' to list the functions.`
      : `Could not read the function '${functionName}' in ${region}: ${response.reason}.`,
  );
}

function toDeployedFunction(found: FunctionConfiguration, region: string): DeployedFunction {
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
