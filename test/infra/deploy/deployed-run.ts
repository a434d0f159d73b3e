/** Downloads a deployed function and runs it in Lambda's own runtime client. */
import {
  type FunctionConfiguration,
  GetFunctionCommand,
  GetLayerVersionCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { onTestFinished } from 'vitest';
import { type Lambda, startLambda } from '../../support/lambda/lambda.ts';
import { clientOf } from './aws-client.ts';
import { type Emulator, region } from './emulator.ts';
import { loadZip, unpack } from './unpacked.ts';

/**
 * Starts the function with its deployed configuration and the secrets of the emulator.
 *
 * @param platformUrl - the platform that it reports to
 */
export async function startDeployed(
  emulator: Emulator,
  FunctionName: string,
  platformUrl: string,
): Promise<Lambda> {
  const { configuration, taskRoot, layers } = await readDeployed(emulator, FunctionName);
  const lambda = await startLambda({
    handler: configuration.Handler!,
    taskRoot,
    layers,
    timeoutMs: configuration.Timeout! * 1_000,
    memoryMb: configuration.MemorySize!,
    environment: {
      ...configuration.Environment?.Variables,
      AWS_REGION: region,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: emulator.url,
      XPANDER_BASE_URL: platformUrl,
    },
  });
  onTestFinished(() => lambda.close());
  return lambda;
}

/** The zip of a layer's version. */
export async function readLayer(emulator: Emulator, arn: string): Promise<Uint8Array> {
  const [, LayerName, version] = /^(.+):(\d+)$/.exec(arn)!;
  const { Content } = await new LambdaClient(clientOf(emulator)).send(
    new GetLayerVersionCommand({ LayerName, VersionNumber: Number(version) }),
  );
  return loadZip(Content?.Location, Content?.CodeSha256);
}

async function readDeployed(
  emulator: Emulator,
  FunctionName: string,
): Promise<{ configuration: FunctionConfiguration; taskRoot: string; layers: string[] }> {
  const { Configuration, Code } = await new LambdaClient(clientOf(emulator)).send(
    new GetFunctionCommand({ FunctionName }),
  );
  const code = await loadZip(Code?.Location, Configuration?.CodeSha256);
  const layers = await Promise.all(
    (Configuration?.Layers ?? []).map(({ Arn }) => readLayer(emulator, Arn!)),
  );
  return { configuration: Configuration!, taskRoot: unpack(code), layers: layers.map(unpack) };
}
